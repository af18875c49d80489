import { HubError } from '../../schema/errors/hub-error.ts';
import type { Child, Request, Row } from './ir.ts';

/** Rows of an answer, nested ones included; the one row of an aggregate child counts as none. */
export function countRows(request: Request, rows: readonly Row[]): number {
  if (request.kind === 'aggregate') return rows.length;
  const children = request.kind === 'rows' ? request.query.children : request.children;
  const first = request.kind === 'rows' ? request.query.columns.length : 0;
  return rows.length + countNested(children, first, rows);
}

function countNested(children: readonly Child[], first: number, rows: readonly Row[]): number {
  let count = 0;
  for (const [index, child] of children.entries()) {
    if (child.kind === 'aggregate') continue;
    for (const row of rows) {
      const value = row[first + index];
      if (!Array.isArray(value)) continue;
      const nested = child.kind === 'one' ? [value as Row] : (value as Row[]);
      count += nested.length;
      if ((child.kind === 'many' || child.kind === 'one') && child.query.children.length > 0)
        count += countNested(child.query.children, child.query.columns.length, nested);
    }
  }
  return count;
}

/**
 * Refuses an answer with more rows, nested ones included, than the caller may hold.
 * @throws {HubError} JOIN_TOO_LARGE
 */
export function checkRowCount(request: Request, rows: readonly Row[], maxRows: number, source: string): void {
  checkCount(countRows(request, rows), maxRows, source);
}

/** The same of an answer that was counted. @throws {HubError} JOIN_TOO_LARGE */
export function checkCount(count: number, maxRows: number, source: string): void {
  if (count > maxRows)
    throw new HubError('JOIN_TOO_LARGE', `source "${source}" holds more than the ${maxRows} rows that one call may fetch; narrow the filter`, { source });
}
