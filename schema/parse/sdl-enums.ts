import type { UnifiedEnum, UnifiedScalar } from '../model/unified.ts';
import { isDecimal } from '../model/decimal.ts';
import { inspectPattern, PATTERN_REMEDY } from './portable-pattern.ts';
import { readDirectives } from './sdl-directives.ts';
import type { SdlDefinitions } from './sdl-documents.ts';
import type { SdlReport } from './sdl-report.ts';
import { describe } from './sdl-types.ts';

/** Every enum; one whose values carry @factor is a list of units and then each of them carries one. */
export function readEnums(definitions: SdlDefinitions, report: SdlReport): ReadonlyMap<string, UnifiedEnum> {
  const enums = new Map<string, UnifiedEnum>();
  for (const [name, node] of definitions.enums) {
    const seen = new Set<string>();
    const values: UnifiedEnum['values'][number][] = [];
    const bare: NonNullable<typeof node.values>[number][] = [];
    for (const value of node.values ?? []) {
      const valueName = value.name.value;
      if (seen.has(valueName)) report.error(value.name, `value "${valueName}" of "${name}" is defined twice`, 'delete one');
      if (valueName.startsWith('__')) report.error(value.name, `value "${valueName}" of "${name}" starts with "__"`, 'choose another name');
      if (seen.has(valueName)) continue;
      seen.add(valueName);
      const uses = readDirectives(value.directives, 'ENUM_VALUE', report);
      const factor = uses.get('factor')?.text('value');
      if (factor === undefined) bare.push(value);
      else if (!isDecimal(factor) || /^[-0.]*$/.test(factor) || factor.startsWith('-'))
        report.error(
          uses.get('factor')!.at('value'),
          `the factor of "${name}.${valueName}" is "${factor}", which is no positive decimal`,
          'write it in plain notation, such as "10000"',
        );
      values.push({ name: valueName, ...describe(value.description?.value, uses), ...(factor === undefined ? {} : { factor }) });
    }
    if (bare.length < values.length)
      for (const value of bare)
        report.error(value.name, `value "${value.name.value}" of "${name}" has no @factor, but others have`, 'give every value of a unit enum its factor');
    if (values.length === 0) report.error(node.name, `enum "${name}" has no values`, 'give it values or delete it');
    enums.set(name, { name, ...describe(node.description?.value, readDirectives(node.directives, 'ENUM', report)), values });
  }
  return enums;
}

/** Scalars of the SDL's own: text with a format. */
export function readScalars(definitions: SdlDefinitions, report: SdlReport): ReadonlyMap<string, UnifiedScalar> {
  const scalars = new Map<string, UnifiedScalar>();
  for (const [name, node] of definitions.scalars) {
    const uses = readDirectives(
      node.directives?.filter((directive) => directive.name.value !== 'specifiedBy'),
      'SCALAR',
      report,
    );
    const format = uses.get('format');
    const pattern = format?.text('pattern');
    const normalize = format?.text('normalize');
    const fault = pattern === undefined ? undefined : inspectPattern(pattern).fault;
    if (fault !== undefined) report.error(format!.at('pattern'), `the pattern of "${name}" ${fault}`, PATTERN_REMEDY);
    scalars.set(name, {
      name,
      ...describe(node.description?.value, uses),
      ...(pattern === undefined ? {} : { pattern }),
      ...(normalize === undefined ? {} : { normalize }),
    });
  }
  return scalars;
}
