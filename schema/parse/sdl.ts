import type { Problem } from '../errors/problem.ts';
import type { UnifiedField, UnifiedModel, UnifiedType } from '../model/unified.ts';
import { runAll } from './in-slices.ts';
import { checkTypes, unitEnums } from './sdl-checks.ts';
import { collectDefinitions, type SdlSource } from './sdl-documents.ts';
import { readEnums, readScalars } from './sdl-enums.ts';
import { checkDerivations } from './sdl-literals.ts';
import { createSdlReport, sortProblems } from './sdl-report.ts';
import { readTypes, type ParsedTypes } from './sdl-types.ts';

export interface SdlReading {
  readonly model?: UnifiedModel;
  readonly problems: readonly Problem[];
}

/**
 * The unified schema that SDL files define together, checked against `directives.graphql`.
 * All problems come at once, by file and place; `model` is there when none of them is an error.
 */
export function parseSdl(sources: readonly SdlSource[]): SdlReading {
  return runAll(parseSdlSteps(sources));
}

/** As `parseSdl`, in steps between which other work may run. */
export function* parseSdlSteps(sources: readonly SdlSource[]): Generator<void, SdlReading> {
  const report = createSdlReport();
  const definitions = collectDefinitions(sources, report);
  const scalars = readScalars(definitions, report);
  const enums = readEnums(definitions, report);
  const types = readTypes(definitions, report);
  yield;
  checkTypes(types, enums, report);
  const model: UnifiedModel = { types: withUnits(types, (code) => unitEnums(code, enums)[0] ?? ''), enums, scalars };
  // These need types that fit together; on a broken model they would only report the same faults again.
  if (!hasErrors(report.problems)) yield* checkDerivations(model, types, report);
  const problems = sortProblems(report.problems);
  return hasErrors(problems) ? { problems } : { model, problems };
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

function withUnits(types: ParsedTypes, enumOf: (code: string) => string): ReadonlyMap<string, UnifiedType> {
  const complete = (field: UnifiedField): UnifiedField =>
    field.kind === 'leaf' && field.unit !== undefined ? { ...field, unit: { ...field.unit, enum: enumOf(field.unit.code) } } : field;
  return new Map(
    [...types].map(([name, { type }]) => [name, { ...type, fields: new Map([...type.fields].map(([field, value]) => [field, complete(value)])) }]),
  );
}
