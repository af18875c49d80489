import type { SelectionSetNode } from 'graphql';
import type { Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { ExpressionType } from '../expression/types.ts';
import type { PlanContext } from '../plan/plan-context.ts';
import { planEntities } from '../plan/plan-entities.ts';
import type { OutputField } from '../plan/output.ts';
import type { Plan } from '../plan/plan.ts';
import type { View } from '../supergraph/view.ts';
import { compileObject } from './compile-output.ts';
import { createExecution, type ExecutionEnvironment } from './execute-operation.ts';
import type { Clock, Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { objectTypeOf } from './output-type.ts';
import { runFetches } from './run-fetches.ts';

/** What one entity's selection gave. */
export type SubjectReading =
  | { readonly kind: 'read'; readonly values: Readonly<Record<string, Canonical>> }
  /** There is no such entity. */
  | { readonly kind: 'gone' }
  /** A source that the selection needs did not answer, so that nothing can be said. */
  | { readonly kind: 'failed'; readonly error: HubError };

/** Reads one selection of many entities at a time. */
export interface SubjectReader {
  /** One reading a key, in their order. The clock is the hub's at that moment. */
  read(keys: readonly (readonly Canonical[])[], signal: AbortSignal): Promise<{ readonly clock: Clock; readonly readings: readonly SubjectReading[] }>;
  /** What the readings' values look like to an expression. @throws {HubError} as planning does */
  types(): Readonly<Record<string, ExpressionType>>;
}

interface Compiled {
  readonly asOf: string;
  readonly planOf: (keys: readonly (readonly Canonical[])[]) => Plan;
  readonly fields: readonly OutputField[];
  readonly write: (row: Row, execution: Execution, path: undefined) => string;
}

export interface SubjectReaderOptions {
  readonly environment: ExecutionEnvironment;
  readonly view: View;
  readonly type: string;
  readonly select: SelectionSetNode;
  /** Lists are whole, and stand as lists of their nodes; otherwise they are as clients get them. */
  readonly whole: boolean;
}

/** Plans once a day, since `asOf` is part of the plan. A batch that is too much for a source, by its rows or its time, is halved until it is not. */
export function createSubjectReader({ environment, view, type, select, whole }: SubjectReaderOptions): SubjectReader {
  const { supergraph, schema } = view;
  let compiled: Compiled | undefined;
  const compile = (asOf: string): Compiled => {
    if (compiled?.asOf === asOf) return compiled;
    const unified = supergraph.model.types.get(type);
    if (!unified) throw new HubError('SOURCE_CAPABILITY_MISSING', `there is no type ${type}`);
    const context: PlanContext = {
      supergraph,
      document: { schema, fragments: new Map(), variables: {}, structural: () => undefined, internal: whole },
      cursors: environment.cursors,
      asOf,
      parameters: [],
    };
    const { fetch, fields } = planEntities(context, unified, [select]);
    const shape = fetch([]).shapes[0]?.shape ?? { columns: 0, children: [], externals: [] };
    const planOf = (keys: readonly (readonly Canonical[])[]): Plan => ({
      operation: 'query',
      decisions: [],
      fetches: [fetch(keys)],
      outputs: [],
      parameters: context.parameters,
    });
    compiled = { asOf, planOf, fields, write: compileObject(supergraph, { kind: 'row', shape }, fields) };
    return compiled;
  };

  const readAll = async (keys: readonly (readonly Canonical[])[], clock: Clock, signal: AbortSignal): Promise<SubjectReading[]> => {
    const { planOf, write } = compile(clock.asOf);
    const execution: Execution = { ...createExecution(environment, { view, variables: {}, clock, signal }), errors: [], foreign: NONE, path: [] };
    const [batch] = (await runFetches(execution, planOf(keys))) as unknown as [Row[] | FetchFailure];
    if (batch instanceof FetchFailure) return keys.map(() => ({ kind: 'failed', error: batch.error }));
    return keys.map((_key, ordinal): SubjectReading => {
      const row = batch[ordinal]?.[0] as Row | null | undefined;
      if (!row) return { kind: 'gone' };
      const text = write(row, execution, undefined);
      const [failure] = execution.errors.splice(0);
      return failure ? { kind: 'failed', error: failure.error } : { kind: 'read', values: JSON.parse(text) as Record<string, Canonical> };
    });
  };

  /** What a source could answer in time. */
  let most = Number.POSITIVE_INFINITY;
  const readSome = async (keys: readonly (readonly Canonical[])[], clock: Clock, signal: AbortSignal): Promise<SubjectReading[]> => {
    if (keys.length <= most) {
      const readings = await readAll(keys, clock, signal);
      if (keys.length === 1 || signal.aborted || !readings.some(isTooMuch)) return readings;
      most = Math.ceil(keys.length / 2);
    }
    const middle = Math.ceil(keys.length / 2);
    return [...(await readSome(keys.slice(0, middle), clock, signal)), ...(await readSome(keys.slice(middle), clock, signal))];
  };

  return {
    read: async (keys, signal) => {
      const clock = environment.clock();
      if (keys.length === 0) return { clock, readings: [] };
      try {
        return { clock, readings: await readSome(keys, clock, signal) };
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        return { clock, readings: keys.map(() => ({ kind: 'failed', error })) };
      }
    },
    types: () => objectTypeOf(compile(environment.clock().asOf).fields).fields,
  };
}

const isTooMuch = (reading: SubjectReading): boolean =>
  reading.kind === 'failed' && (reading.error.code === 'JOIN_TOO_LARGE' || reading.error.code === 'SOURCE_TIMEOUT');

const NONE: ReadonlyMap<string, string> = new Map();
