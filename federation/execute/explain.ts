import type { Request } from '../../connectors/spi/ir.ts';
import { indent } from '../../connectors/spi/print-request.ts';
import { distinctDecisions, type Decision } from '../plan/decision.ts';
import type { ChildShape, External, HubStage, KeySet, Plan, RangedSet, RootFetch, RowShape } from '../plan/plan.ts';
import { stageLines } from '../plan/print-plan.ts';
import type { FetchTrace, StageTrace } from './execution.ts';

/** What an operation did: its plan as a tree, with what was run of it, and how its conditions were met. */
export interface Explanation {
  readonly plan: readonly ExplainNode[];
  readonly decisions: readonly Decision[];
  /** Every statement that was run, in order of its end. */
  readonly fetches: readonly Omit<FetchTrace, 'request'>[];
}

export interface ExplainNode {
  /**
   * `fetch`: rows of a list or entity. `batch`: what another source adds to rows, asked for many at once. `keys`: keys that a filter asks for.
   * `firstRows`: rows read in order until enough pass. `range`: the part of a fetch whose keys lie in a range, where all are too many at once. `hub`: a
   * step of the hub on rows that were fetched.
   */
  readonly kind: 'fetch' | 'batch' | 'keys' | 'firstRows' | 'range' | 'hub';
  readonly source?: string;
  /** As the engine gets it; values stand as their types (`$1: text`, `?: date`), never themselves. Absent when it was not run. */
  readonly statement?: string;
  /** Rows of the table that is asked, as its source counts them. */
  readonly estimatedRows?: number;
  /** How often it ran, what it asked for and what came, altogether. */
  readonly runs?: number;
  readonly keys?: number;
  readonly rows?: number;
  readonly ms?: number;
  /** Of a step of the hub: rows that went in, and what it does. */
  readonly rowsIn?: number;
  readonly step?: readonly string[];
  readonly children?: readonly ExplainNode[];
}

export interface Traces {
  readonly fetches: readonly FetchTrace[];
  readonly stages: readonly StageTrace[];
}

/** The tree of a plan with what one run of it did. What a row rule asks for is left out. Pure. */
export function explain(plan: Plan, traces: Traces): Explanation {
  const rangedSets = plan.fetches.flatMap(({ ranges }) => (ranges ?? []).flatMap(({ sets }) => sets.flatMap(readsOf)));
  const hidden = new Set(
    [...plan.parameters.map(({ from }) => from), ...rangedSets].flatMap((from) => (from.kind === 'keys' && from.hidden ? [from.request as Request] : [])),
  );
  const keySets = new Map(plan.parameters.flatMap(({ name, from }) => (from.kind === 'keys' && !from.hidden ? [[name, from] as const] : [])));
  const ran = (request: Request): Partial<ExplainNode> => {
    const found = traces.fetches.filter((fetch) => fetch.request === request);
    const [first] = found;
    if (!first) return { runs: 0 };
    const keys = found.reduce((sum, fetch) => sum + (fetch.keys ?? 0), 0);
    return {
      statement: first.statement,
      runs: found.length,
      ...(keys > 0 ? { keys } : {}),
      rows: found.reduce((sum, fetch) => sum + fetch.rows, 0),
      ms: rounded(found.reduce((sum, fetch) => sum + fetch.ms, 0)),
    };
  };
  const estimate = (rows: number | undefined): Partial<ExplainNode> => (rows === undefined ? {} : { estimatedRows: rows });
  const withChildren = (node: ExplainNode, children: readonly ExplainNode[]): ExplainNode => (children.length > 0 ? { ...node, children } : node);

  const stages = (child: NonNullable<ChildShape>): ExplainNode[] => (child.stages ?? []).map(step);
  const step = (stage: HubStage): ExplainNode => {
    const found = traces.stages.filter((trace) => trace.stage === stage);
    const sum = (read: (trace: StageTrace) => number): number => found.reduce((all, trace) => all + read(trace), 0);
    return {
      kind: 'hub',
      step: stageLines(stage),
      runs: found.length,
      rowsIn: sum((t) => t.rowsIn),
      rows: sum((t) => t.rowsOut),
      ms: rounded(sum((t) => t.ms)),
    };
  };
  const below = (shape: RowShape): ExplainNode[] => [...shape.externals.map(batch), ...shape.children.flatMap((child) => (child ? inside(child) : []))];
  const inside = (child: NonNullable<ChildShape>): ExplainNode[] => [...stages(child), ...below(child.shape)];
  const keysOf = (request: Request): ExplainNode[] =>
    [...new Set([...JSON.stringify(request).matchAll(/"list":"(p\d+)"/g)].map((match) => match[1] ?? ''))].flatMap((name) => {
      const keys = keySets.get(name);
      return keys ? [keySet(keys)] : [];
    });
  const batch = (external: External): ExplainNode =>
    withChildren({ kind: 'batch', source: external.source, ...estimate(external.rowEstimate), ...ran(external.request) }, [
      ...keysOf(external.request),
      ...external.shapes.flatMap((child) => (child ? inside(child) : [])),
    ]);
  const keySet = ({ source, request, shape, rowEstimate }: KeySet): ExplainNode =>
    withChildren({ kind: 'keys', source, ...estimate(rowEstimate), ...ran(request) }, [...keysOf(request), ...(shape ? inside(shape) : [])]);
  const attempts = ({ source, firstRows }: RootFetch): ExplainNode[] =>
    (firstRows?.attempts ?? []).flatMap(({ request }): ExplainNode[] => {
      const node = ran(request);
      return node.runs === 0 ? [] : [withChildren({ kind: 'firstRows', source, ...node }, keysOf(request))];
    });
  const ranged = ({ source, ranges = [] }: RootFetch): ExplainNode[] =>
    ranges.flatMap(({ sets, requests: { first, middle, last } }) => {
      const keys = sets.flatMap((set) => (set.keys.hidden ? [] : readsOf(set))).map((set) => keySet(set));
      const parts = [first, middle, last].map((request): ExplainNode => ({ kind: 'range', source, ...ran(request) }));
      return [...keys, ...parts].filter(({ runs }) => runs !== 0);
    });
  return {
    plan: plan.fetches.map((fetch) => {
      const { source, request, shapes, rowEstimate, firstRows } = fetch;
      return withChildren({ kind: 'fetch', source, ...estimate(rowEstimate), ...ran(request) }, [
        ...attempts(fetch),
        ...(firstRows ? [step(firstRows.stage)] : []),
        ...keysOf(request),
        ...ranged(fetch),
        ...shapes.flatMap((child) => (child ? inside(child) : [])),
      ]);
    }),
    decisions: distinctDecisions(plan.decisions),
    fetches: traces.fetches.filter(({ request }) => !hidden.has(request)).map(({ request: _request, ...fetch }) => ({ ...fetch, ms: rounded(fetch.ms) })),
  };
}

const readsOf = (set: RangedSet): readonly KeySet[] => (set.kind === 'ordered' ? [set.first, set.next] : [set.within]);

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/** An explanation for people; `brief` leaves out times and statements. */
export function printExplanation({ plan, decisions }: Pick<Explanation, 'plan' | 'decisions'>, { brief = false }: { readonly brief?: boolean } = {}): string {
  const counted = ({ estimatedRows, runs, keys, rows, rowsIn, ms }: ExplainNode): string =>
    [
      ...(estimatedRows === undefined ? [] : [`table of about ${estimatedRows}`]),
      ...(runs === 0 ? ['not run'] : []),
      ...(runs !== undefined && runs > 1 ? [`${runs} times`] : []),
      ...(keys === undefined ? [] : [`${keys} keys`]),
      ...(rowsIn === undefined || runs === 0 ? [] : [`${rowsIn} rows in`]),
      ...(rows === undefined || runs === 0 ? [] : [`${rows} rows`]),
      ...(ms === undefined || runs === 0 || brief ? [] : [`${ms.toFixed(1)} ms`]),
    ].join(', ');
  const lines = (node: ExplainNode): string[] => [
    `${[node.kind === 'firstRows' ? 'first rows' : node.kind, node.source].filter((part) => part !== undefined).join(' ')}: ${counted(node)}`,
    ...indent([...(node.statement === undefined || brief ? [] : [node.statement]), ...(node.step ?? []), ...(node.children ?? []).flatMap(lines)]),
  ];
  const BY = { source: 'in the source', semiJoin: 'by keys', hub: 'in the hub', firstRows: 'on the first rows' } as const;
  return [
    ...plan.flatMap(lines),
    ...(decisions.length > 0 ? ['decisions', ...indent(decisions.map(({ what, by, source, why }) => `${what}: ${BY[by]} (${source}), ${why}`))] : []),
    '',
  ].join('\n');
}
