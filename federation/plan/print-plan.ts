import { indent, printRequest } from '../../connectors/spi/print-request.ts';
import type { Request, RowSet } from '../../connectors/spi/ir.ts';
import type { ChildShape, External, HubStage, Parameter, Plan, RootFetch, RowShape } from './plan.ts';
import { outputLines, printKey, printRead, printValue, printWrite } from './print-output.ts';

/** A plan for people: what is asked of each source, how keys pass between them, and how the response is written. For `explain` and goldens. */
export function printPlan(plan: Plan): string {
  return [
    ...section('parameters', plan.parameters.flatMap(parameterLines)),
    ...plan.fetches.flatMap((fetch, i) => section(`fetch ${i} ${fetch.source}`, fetchLines(fetch))),
    ...section('output', outputLines(plan.outputs)),
    '',
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...indent(lines)]);

function parameterLines({ name, from, to, list, within }: Parameter): string[] {
  const head = `${name}${list ? ' list' : ''} of ${printWrite(to)}${within ? ` within ${JSON.stringify(within)}` : ''}`;
  switch (from.kind) {
    case 'variable':
      return [`${head} = $${from.variable}`];
    case 'value':
      return [`${head} = ${JSON.stringify(from.value)}`];
    case 'keys':
      return [
        `${head} = ${printRead(from.read)} from ${from.source}`,
        ...(from.test
          ? [
              `  where ${from.test.negated ? 'not ' : ''}${from.test.fn} ${JSON.stringify(from.test.ops)}${from.test.empty === undefined ? '' : `, ${from.test.empty} over nothing`}${from.test.fails ? ' fails' : ''}`,
            ]
          : []),
        ...indent([...printRequest(from.request).split('\n'), ...(from.shape ? childLines(from.shape) : [])]),
      ];
  }
}

function fetchLines({ request, shapes, keys, firstRows, ranges = [] }: RootFetch): string[] {
  return [
    ...(firstRows
      ? [
          `first ${firstRows.skip + firstRows.take} that pass of the ${firstRows.attempts.map(({ rows }) => rows).join(', then ')} rows of`,
          ...indent([...printRequest(firstRows.attempts[0]?.request as Request).split('\n'), ...section('in the hub', stageLines(firstRows.stage))]),
          'or, where too few pass,',
        ]
      : []),
    ...(keys ? [`keys ${keys.values.map((tuple) => JSON.stringify(tuple)).join(' ')} → ${keys.writes.map(printWrite).join(', ')}`] : []),
    ...printRequest(request).split('\n'),
    ...ranges.map(
      ({ size, sets }) => `where there are more keys than may be held, for ranges of ${size} keys of ${sets.map(({ parameter }) => parameter).join(', ')}`,
    ),
    ...(keys ? shapesLines(shapes) : shapes.flatMap((shape) => (shape ? childLines(shape) : []))),
  ];
}

function childLines({ shape, stages = [] }: NonNullable<ChildShape>): string[] {
  return [...shapeLines(shape), ...stages.flatMap((stage) => section('in the hub', stageLines(stage)))];
}

/** What the hub does in a step, over which values. */
export function stageLines({ columns, query }: HubStage): string[] {
  const request: Request =
    query.kind === 'rows'
      ? { kind: 'rows', query: { ...query, rows: FETCHED, columns: [], children: [] } }
      : { kind: 'aggregate', query: { ...query, rows: FETCHED } };
  return [
    ...columns.map(({ value, scalar, truncate }, i) => `c${i} = ${printValue(value)} as ${scalar}${truncate === undefined ? '' : ` by ${truncate}`}`),
    ...printRequest(request).split('\n'),
  ];
}

const FETCHED: RowSet = { kind: 'table', table: 'rows fetched', columns: [] };

/** What other sources add to a row, and to the rows nested into it. */
function shapeLines(shape: RowShape): string[] {
  return [...shape.externals.flatMap(externalLines), ...shapesLines(shape.children)];
}

function shapesLines(shapes: readonly ChildShape[]): string[] {
  return shapes.flatMap((child, i) => section(`under child ${i}`, child ? childLines(child) : []));
}

function externalLines(external: External, i: number): string[] {
  return [
    `external ${i} ${external.source} by ${external.keys.map(({ read, write }, k) => `k${k} = ${printKey(read, write)}`).join(', ')}`,
    ...indent([...printRequest(external.request).split('\n'), ...shapesLines(external.shapes)]),
  ];
}
