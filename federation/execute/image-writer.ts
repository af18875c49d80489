import type { SelectionSetNode } from 'graphql';
import type { ChangeRow } from '../../schema/model/change.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { planImage } from '../plan/plan-image.ts';
import { compileObject } from './compile-output.ts';
import { contextOf, type EntityDocument } from './entity-reader.ts';
import { createExecution, type ExecutionEnvironment } from './execute-operation.ts';

/** Writes the selected fields of a source row whose canonical values are known, masked as the view says. */
export function createImageWriter(
  environment: ExecutionEnvironment,
  document: EntityDocument,
  type: UnifiedType,
  sets: readonly SelectionSetNode[],
): (image: ChangeRow) => string {
  const clock = environment.clock();
  const { paths, fields } = planImage(contextOf(environment, document, clock), type, sets);
  const write = compileObject(document.view.supergraph, { kind: 'row', shape: { columns: paths.length, children: [], externals: [] } }, fields);
  const execution = {
    ...createExecution(environment, { ...document, clock, signal: new AbortController().signal }),
    errors: [],
    path: [],
    foreign: new Map<string, string>(),
  };
  return (image) => write(paths.map((path) => image[path] ?? null) as Parameters<typeof write>[0], execution);
}
