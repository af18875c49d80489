import { GraphQLError, Kind, parseConstValue } from 'graphql';
import type { Derivation } from '../model/unified.ts';
import type { DirectiveUse, DirectiveUses } from './sdl-directives.ts';
import type { SdlReport } from './sdl-report.ts';

const DERIVATIONS = ['aggregate', 'pick', 'computed', 'from'] as const;
/** More digits than any amount has, and no source refuses. */
const MAX_SCALE = 20;

/** How a leaf's value is made, from the one directive that says so; absent when mappings give it. */
export function readDerivation(uses: DirectiveUses, path: string, report: SdlReport): Derivation | undefined {
  const [first, second] = DERIVATIONS.filter((name) => uses.has(name));
  if (first === undefined) return undefined;
  const use = uses.get(first)!;
  if (second !== undefined) report.error(uses.get(second)!.node, `field "${path}" has both @${first} and @${second}`, 'keep one: a value is made in one way');
  const text = (name: string): string => use.text(name) ?? '';
  const field = use.text('field');
  const where = use.text('where');
  if (where !== undefined) checkLiteral(use, 'where', report, path);
  switch (first) {
    case 'aggregate': {
      const empty = use.text('empty');
      return {
        kind: 'aggregate',
        relation: text('relation'),
        function: text('function') as 'COUNT',
        ...(field === undefined ? {} : { field }),
        ...(where === undefined ? {} : { where }),
        ...(empty === undefined ? {} : { empty }),
      };
    }
    case 'pick':
      checkLiteral(use, 'orderBy', report, path);
      return { kind: 'pick', relation: text('relation'), field: text('field'), orderBy: text('orderBy'), ...(where === undefined ? {} : { where }) };
    case 'computed': {
      const scale = use.number('scale');
      if (text('expression').trim() === '')
        report.error(use.at('expression'), `the expression of "${path}" is empty`, 'write a CEL expression over its fields, or delete @computed');
      if (scale !== undefined && (scale < 0 || scale > MAX_SCALE))
        report.error(use.at('scale'), `the scale of "${path}" cannot be ${scale}`, `write 0 to ${MAX_SCALE}`);
      return { kind: 'computed', expression: text('expression'), ...(scale === undefined ? {} : { scale }) };
    }
    case 'from':
      return { kind: 'from', field: text('field') };
  }
}

/** `where` must be an object literal, `orderBy` one or a list of them; what they name is checked against the generated filters. */
function checkLiteral(use: DirectiveUse, argument: 'where' | 'orderBy', report: SdlReport, path: string): void {
  const example = argument === 'where' ? '{ status: { eq: PAID } }' : '[{ paidOn: DESC }]';
  try {
    const value = parseConstValue(use.text(argument) ?? '');
    const items = argument === 'orderBy' && value.kind === Kind.LIST ? value.values : [value];
    if (items.length > 0 && items.every((item) => item.kind === Kind.OBJECT && (argument === 'where' || item.fields.length === 1))) return;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  report.error(
    use.at(argument),
    `"${argument}" of "${path}" is no ${argument === 'where' ? 'filter' : 'order'} in GraphQL’s notation`,
    `write it like ${example}`,
  );
}
