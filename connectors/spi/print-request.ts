import type { AggregateQuery, Child, Query, Request } from './ir.ts';
import { printExpr, printMeasure, printOn, printOrder, printPredicate, printRows, printType } from './print-expr.ts';

/** A request for people: one clause a line, children indented under what they belong to. For `explain` and goldens; no engine reads it. */
export function printRequest(request: Request): string {
  return requestLines(request).join('\n');
}

function requestLines(request: Request): string[] {
  switch (request.kind) {
    case 'rows':
      return ['rows', ...indent(queryLines(request.query))];
    case 'aggregate':
      return ['aggregate', ...indent(aggregateLines(request.query))];
    case 'batch':
      return [`batch by ${request.keys.map((key) => `${key.name} ${printType(key.type)}`).join(', ')}`, ...indent(childrenLines(request.children))];
  }
}

function queryLines(query: Query): string[] {
  return [
    ...sourceLines(query),
    ...(query.columns.length > 0 ? [`columns ${query.columns.map((column, i) => `${i}:${printExpr(column)}`).join(' ')}`] : []),
    ...childrenLines(query.children),
  ];
}

function aggregateLines(query: AggregateQuery): string[] {
  return [
    ...sourceLines(query),
    ...(query.by ? [`by ${query.by.map(printExpr).join(', ')}`] : []),
    ...(query.measures.length > 0 ? [`measures ${query.measures.map(printMeasure).join(', ')}`] : []),
    ...(query.having ? [`having ${printPredicate(query.having)}`] : []),
  ];
}

function sourceLines({ rows, where, orderBy, limit, offset }: Query | AggregateQuery): string[] {
  return [
    `from ${printRows(rows)}`,
    ...(where ? [`where ${printPredicate(where)}`] : []),
    ...(orderBy && orderBy.length > 0 ? [`order by ${printOrder(orderBy)}`] : []),
    ...(limit === undefined ? [] : [`limit ${limit}`]),
    ...(offset ? [`offset ${offset}`] : []),
  ];
}

function childrenLines(children: readonly Child[]): string[] {
  return children.flatMap((child, i) => {
    const lines = 'columns' in child.query ? queryLines(child.query) : aggregateLines(child.query);
    return [`child ${i}: ${child.kind}${printOn(child.on)}`, ...indent(lines)];
  });
}

export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
