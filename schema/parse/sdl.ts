import type { Problem } from '../errors/problem.ts';
import type { UnifiedField, UnifiedModel, UnifiedType } from '../model/unified.ts';
import { checkTypes, unitEnums } from './sdl-checks.ts';
import { collectDefinitions, type SdlSource } from './sdl-documents.ts';
import { readEnums, readScalars } from './sdl-enums.ts';
import { createSdlReport, sortProblems } from './sdl-report.ts';
import { readTypes, type ParsedTypes } from './sdl-types.ts';

/**
 * The unified schema that SDL files define together, checked against `directives.graphql`.
 * All problems come at once, by file and place; `model` is there when none of them is an error.
 */
export function parseSdl(sources: readonly SdlSource[]): { readonly model?: UnifiedModel; readonly problems: readonly Problem[] } {
  const report = createSdlReport();
  const definitions = collectDefinitions(sources, report);
  const scalars = readScalars(definitions, report);
  const enums = readEnums(definitions, report);
  const types = readTypes(definitions, report);
  checkTypes(types, enums, report);
  const problems = sortProblems(report.problems);
  if (problems.some((problem) => problem.severity === 'error')) return { problems };
  return { model: { types: withUnits(types, (code) => unitEnums(code, enums)[0] ?? ''), enums, scalars }, problems };
}

function withUnits(types: ParsedTypes, enumOf: (code: string) => string): ReadonlyMap<string, UnifiedType> {
  const complete = (field: UnifiedField): UnifiedField => (field.kind === 'leaf' && field.unit !== undefined ? { ...field, unit: { ...field.unit, enum: enumOf(field.unit.code) } } : field);
  return new Map([...types].map(([name, { type }]) => [name, { ...type, fields: new Map([...type.fields].map(([field, value]) => [field, complete(value)])) }]));
}
