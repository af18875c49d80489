import { getVariableValues, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';
import type { CallOptions, Connector, PreparedRequest } from '../../connectors/spi/connector.ts';
import type { Request } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Crosswalk } from '../crosswalk/crosswalk.ts';
import type { OpenCount, OpenKeys } from '../crosswalk/open-counts.ts';
import type { RowEngine } from '../engine/engine.ts';
import { isBeyond64 } from '../plan/plan-context.ts';
import { planOperation } from '../plan/plan-operation.ts';
import { cachedOperation, keepPlan, type View } from '../supergraph/view.ts';
import type { CursorCodec } from '../values/cursor.ts';
import { AnswerBytes } from './answer-bytes.ts';
import type { Clock, Execution, FetchTrace, StageTrace, FieldError } from './execution.ts';
import type { FieldRef } from '../plan/output.ts';
import type { SourceReads } from '../plan/source-reads.ts';
import { explain, type Explanation } from './explain.ts';
import { provenance, type Provenance } from './provenance.ts';
import { preparePlan, type PreparedPlan } from './prepare-plan.ts';
import type { Tally } from './tally.ts';

export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Source text of the document; with the operation's name it is the key of its plans. */
  readonly text: string;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The same, coerced, when whoever asks has done that already. */
  readonly coerced?: Readonly<Record<string, unknown>>;
  /** What the rights of whoever asks leave of a generation. */
  readonly view: View;
  readonly signal: AbortSignal;
  /** Told to the sources. */
  readonly purpose?: string | undefined;
  readonly explain?: boolean;
  /** Says which sources each value is made of. */
  readonly provenance?: boolean;
  /** Counts what goes into the answer. */
  readonly tally?: Tally;
  /** Parts of the answer are taken apart from its text, as bytes. */
  readonly apart?: boolean;
  /** JSON text of the root fields that are not planned, by response key. */
  readonly foreign: ReadonlyMap<string, string>;
}

export interface OperationResult {
  /** JSON text of `data`; with the number of each part of `bytes` between two PART_MARKs. */
  readonly data: string;
  /** Parts of `data` in UTF-8, when they were asked for apart; to be released by whoever uses the result. */
  readonly bytes?: AnswerBytes | undefined;
  readonly errors: readonly FieldError[];
  /** The mapped fields that were read, by source. */
  readonly reads: readonly SourceReads[];
  /** When asked for. */
  readonly explain?: Explanation;
  readonly provenance?: Provenance;
  /** Keys whose rows are missing from totals of the answer; absent where there are none. */
  readonly openKeys?: readonly OpenKeys[];
}

/** What executing needs of the running hub. */
export interface ExecutionEnvironment {
  readonly crosswalk: () => Crosswalk;
  /** How many keys of a source stand for no known entity. */
  readonly openKeys: (entity: string, source: string) => OpenCount;
  readonly connector: (source: string) => Connector;
  readonly call: (source: string, signal: AbortSignal) => CallOptions & { readonly maxRows: number };
  readonly engine: RowEngine;
  readonly cursors: CursorCodec;
  readonly clock: () => Clock;
}

/** Answers one query. A failing source nulls its own fields; only a request that cannot be planned at all throws. @throws {HubError} BAD_USER_INPUT */
export async function executeOperation(environment: ExecutionEnvironment, request: OperationRequest): Promise<OperationResult> {
  const { view } = request;
  const clock = environment.clock();
  const variables = request.coerced ?? coerce(request);
  const plan = planFor(environment, request, variables, clock);
  const errors: FieldError[] = [];
  const fetches: FetchTrace[] = [];
  const stages: StageTrace[] = [];
  const bytes = request.apart ? new AnswerBytes() : undefined;
  const data = await plan.run({
    ...createExecution(environment, { view, variables, clock, signal: request.signal, tally: request.tally, purpose: request.purpose }),
    errors,
    path: [],
    foreign: request.foreign,
    bytes,
    ...(request.explain ? { trace: (fetch: FetchTrace) => fetches.push(fetch), stage: (stage: StageTrace) => stages.push(stage) } : {}),
  });
  const openKeys = plan.crossed.flatMap(({ entity, department, source }): OpenKeys[] => {
    const open = environment.openKeys(entity, source);
    // Keys that may be an entity's are told with each that may be seen (`_meta`); of others nothing is told under restricted rights.
    const keys = view.supergraph.restriction ? open.candidates : open.keys;
    return keys > 0 ? [{ entity, department, source, keys }] : [];
  });
  return {
    data,
    bytes,
    errors,
    reads: plan.reads,
    ...(openKeys.length > 0 ? { openKeys } : {}),
    ...(request.explain ? { explain: explain(plan.plan, { fetches, stages }) } : {}),
    ...(request.provenance ? { provenance: provenance(plan.plan) } : {}),
  };
}

/** What every run of a plan in this view shares; `errors`, `path` and `foreign` are each run's own. */
export function createExecution(
  environment: ExecutionEnvironment,
  {
    view,
    variables,
    clock,
    signal,
    tally,
    purpose,
  }: Pick<Execution, 'variables' | 'clock'> & {
    readonly view: View;
    readonly signal: AbortSignal;
    readonly tally?: Tally | undefined;
    readonly purpose?: string | undefined;
  },
): Omit<Execution, 'errors' | 'path' | 'foreign' | 'bytes'> {
  return {
    supergraph: view.supergraph,
    crosswalk: environment.crosswalk(),
    prepare: (source, ir) => prepared(environment, view, source, ir),
    call: (source) => ({ ...environment.call(source, signal), ...(purpose === undefined ? {} : { purpose }) }),
    engine: environment.engine,
    signal,
    cursors: environment.cursors,
    variables,
    clock,
    ...(tally ? { tally } : {}),
  };
}

function coerce({ view, operation, variables }: OperationRequest): Readonly<Record<string, unknown>> {
  const { errors, coerced } = getVariableValues(view.schema, operation.variableDefinitions ?? [], { ...variables });
  if (errors) throw new HubError('BAD_USER_INPUT', errors.map((e) => e.message).join('; '));
  return coerced;
}

function planFor(environment: ExecutionEnvironment, request: OperationRequest, variables: Readonly<Record<string, unknown>>, clock: Clock): PreparedPlan {
  const { view } = request;
  const name = `${request.tally ? 'tallied ' : ''}${request.operation.name?.value ?? ''}\n${request.text}`;
  const entry = cachedOperation(view.plans, name);
  const known = entry.plans.get(planKey(entry.structural, variables, clock));
  if (known) {
    view.plans.hits++;
    return known;
  }
  view.plans.misses++;
  const used: FieldRef[] = [];
  const plan = planOperation(
    {
      supergraph: view.supergraph,
      document: {
        schema: view.schema,
        fragments: fragmentsOf(request.document),
        variables,
        structural: (name) => {
          entry.structural.add(name);
          return variables[name];
        },
      },
      cursors: environment.cursors,
      asOf: clock.asOf,
      parameters: [],
      decisions: [],
      used: (field) => void used.push(field),
      subjects: request.tally !== undefined,
    },
    request.operation,
  );
  const made = preparePlan(view.supergraph, plan, used);
  keepPlan(view.plans, name, planKey(entry.structural, variables, clock), made);
  return made;
}

/** What a plan depends on beside its document: shaping values, which variables are there, null or beyond 64 bits, and the day. */
function planKey(structural: ReadonlySet<string>, variables: Readonly<Record<string, unknown>>, clock: Clock): string {
  const parts: unknown[] = [clock.asOf];
  for (const name of [...structural].toSorted()) parts.push(name, variables[name] ?? null);
  for (const [name, value] of Object.entries(variables)) parts.push(value === null ? [name] : isBeyond64(value) ? [name, 64] : name);
  return JSON.stringify(parts);
}

function prepared(environment: ExecutionEnvironment, view: View, source: string, request: Request): PreparedRequest {
  const known = view.plans.prepared.get(request);
  if (known) return known;
  const made = environment.connector(source).prepare(request);
  view.plans.prepared.set(request, made);
  return made;
}
