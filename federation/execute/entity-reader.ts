import type { DocumentNode, SelectionSetNode } from 'graphql';
import type { Row } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { PlanContext } from '../plan/plan-context.ts';
import { planConditions, planEntities, primaryOf, type EntityBatch } from '../plan/plan-entities.ts';
import { planWhere } from '../plan/plan-where.ts';
import type { FieldRef } from '../plan/output.ts';
import type { Parameter, Plan } from '../plan/plan.ts';
import { sourceReads, type SourceReads } from '../plan/source-reads.ts';
import type { View } from '../supergraph/view.ts';
import { compileObject } from './compile-output.ts';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';
import { createExecution, type ExecutionEnvironment } from './execute-operation.ts';
import type { Clock, FieldError } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { runFetches } from './run-fetches.ts';
import type { Tally } from './tally.ts';

/** A checked document whose selections and filters entities are read by. */
export interface EntityDocument {
  /** What those who asked may see. */
  readonly view: View;
  readonly document: DocumentNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export type EntityKey = readonly Canonical[];

/** One entity as JSON text, `null` where there is none to be seen; field errors have their path. */
export interface EntityText {
  readonly text: string;
  readonly errors: readonly FieldError[];
}

/** Reads many entities of one type by their keys, in one statement to each source. */
export interface EntityReader {
  /** In the order of the keys. A failing source nulls what it gives; where the entities themselves cannot be read, each is null with that error. */
  read(keys: readonly EntityKey[], call: EntityCall): Promise<readonly EntityText[]>;
  /** The mapped fields that are read, by source. */
  reads(): readonly SourceReads[];
}

/** Tests many entities of one type at once. */
export interface ConditionReader {
  /** For each key, which conditions its entity meets now; none where there is no such entity. @throws {HubError} when a source that decides fails */
  read(keys: readonly EntityKey[], call: Pick<EntityCall, 'signal'>): Promise<readonly (readonly boolean[])[]>;
}

export interface EntityCall {
  readonly signal: AbortSignal;
  /** Where the entities stand in the answer. */
  readonly path: readonly string[];
  readonly tally?: Tally;
  /** Beside it, one for each key: the entities that are shown with that one. */
  readonly tallies?: readonly Tally[] | undefined;
}

/** A `where` input with concrete values, or its opposite: what is surely false, not what is not surely true. */
export interface EntityCondition {
  readonly where: unknown;
  readonly negated: boolean;
}

export function createEntityReader(
  environment: ExecutionEnvironment,
  document: EntityDocument,
  type: UnifiedType,
  sets: readonly SelectionSetNode[],
): EntityReader {
  const { supergraph } = document.view;
  const planned = byDay(environment, document, (context, used) => {
    const { fields, fetch } = planEntities(context, type, sets);
    const batch = { fetch, parameters: context.parameters };
    const plan = planOf(batch, []);
    const [shape = null] = plan.fetches[0]?.shapes ?? [];
    const write = compileObject(supergraph, { kind: 'row', shape: shape?.shape ?? { columns: 0, children: [], externals: [] } }, fields);
    return { batch, write, reads: sourceReads(supergraph, { ...plan, outputs: fields }, used) };
  });
  return {
    async read(keys, { signal, path, tally, tallies }) {
      const { clock, batch, write } = planned();
      const execution = createExecution(environment, { ...document, clock, signal, tally });
      const [found] = await runFetches({ ...execution, errors: [], path: [], foreign: NOTHING }, planOf(batch, keys));
      return keys.map((_, ordinal): EntityText => {
        const errors: FieldError[] = [];
        if (found instanceof FetchFailure) return { text: 'null', errors: [{ error: found.error, path }] };
        const row = (found as Row[])[ordinal]?.[0] as Row | null | undefined;
        const shown = tallies?.[ordinal];
        return { text: row ? write(row, { ...execution, ...(shown ? { tally: shown } : {}), errors, path: [...path], foreign: NOTHING }) : 'null', errors };
      });
    },
    reads: () => planned().reads,
  };
}

export function createConditionReader(
  environment: ExecutionEnvironment,
  document: EntityDocument,
  type: UnifiedType,
  conditions: readonly EntityCondition[],
): ConditionReader {
  const planned = byDay(environment, document, (context) => {
    const binding = primaryOf(context, type);
    const predicates = conditions.map(({ where, negated }) => planWhere(context, binding, where, negated));
    return { batch: { ...planConditions(context, type, predicates), parameters: context.parameters } };
  });
  return {
    async read(keys, { signal }) {
      const { clock, batch } = planned();
      const execution = createExecution(environment, { ...document, clock, signal });
      const [found] = await runFetches({ ...execution, errors: [], path: [], foreign: NOTHING }, planOf(batch, keys));
      if (found instanceof FetchFailure) throw found.error;
      return keys.map((_, ordinal) => conditions.map((_condition, i) => Boolean((found as Row[])[ordinal]?.[i])));
    },
  };
}

const NOTHING: ReadonlyMap<string, string> = new Map();

interface Batch extends EntityBatch {
  readonly parameters: readonly Parameter[];
}

function planOf({ fetch, parameters }: Batch, keys: readonly EntityKey[]): Plan {
  return { operation: 'query', decisions: [], fetches: [fetch(keys)], outputs: [], parameters };
}

/** Plans when first needed, and again on another day: what `asOf` means stands in a plan. */
function byDay<T>(
  environment: ExecutionEnvironment,
  document: EntityDocument,
  plan: (context: PlanContext, used: readonly FieldRef[]) => T,
): () => T & { readonly clock: Clock } {
  let known: { readonly asOf: string; readonly plan: T } | undefined;
  return () => {
    const clock = environment.clock();
    if (known?.asOf !== clock.asOf) {
      const used: FieldRef[] = [];
      const context = { ...contextOf(environment, document, clock), used: (field: FieldRef) => void used.push(field) };
      known = { asOf: clock.asOf, plan: plan(context, used) };
    }
    return { ...known.plan, clock };
  };
}

/** What planning from a checked document needs. */
export function contextOf({ cursors }: ExecutionEnvironment, { view, document, variables }: EntityDocument, { asOf }: Clock): PlanContext {
  const { supergraph, schema } = view;
  const fragments = fragmentsOf(document);
  return { supergraph, document: { schema, fragments, variables, structural: (name) => variables[name] }, cursors, asOf, parameters: [], subjects: true };
}
