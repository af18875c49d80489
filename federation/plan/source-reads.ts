import { compareText } from '../../schema/model/compare-text.ts';
import type { FieldRef } from './output.ts';
import type { Plan } from './plan.ts';
import type { Supergraph } from './supergraph.ts';

/** What an operation takes from one source. */
export interface SourceReads {
  readonly department: string;
  readonly source: string;
  /** `Type.path` of every mapped field that is shown, or that rows are filtered, ordered, grouped or measured by. Ascending. */
  readonly fields: readonly string[];
}

/** The mapped fields that a plan reads, by source: those that stand in it, and those that its conditions used while it was made. Pure. */
export function sourceReads(supergraph: Supergraph, plan: Plan, used: readonly FieldRef[]): SourceReads[] {
  const fields = new Map<string, Set<string>>();
  const add = ({ source, type, path }: FieldRef): void => {
    const known = fields.get(source) ?? new Set();
    fields.set(source, known.add(`${type}.${path}`));
  };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (isFieldRef(node)) add(node);
    else for (const part of Object.values(node)) visit(part);
  };
  used.forEach(add);
  for (const fetch of plan.fetches) {
    visit(fetch.keys?.writes);
    visit([fetch.shapes, fetch.firstRows?.stage]);
    if (!fields.has(fetch.source)) fields.set(fetch.source, new Set());
  }
  visit(plan.outputs);
  visit(plan.parameters.map(({ from, to }) => [from.kind === 'keys' ? [from.read, from.shape] : null, to]));
  const departments = new Map([...supergraph.bindings.values()].flat().map(({ source, department }) => [source, department]));
  return [...fields]
    .map(([source, names]) => ({ department: departments.get(source) ?? source, source, fields: [...names].sort(compareText) }))
    .sort((a, b) => compareText(a.source, b.source));
}

function isFieldRef(node: object): node is FieldRef {
  const { type, source, path } = node as Partial<Record<keyof FieldRef, unknown>>;
  return typeof type === 'string' && typeof source === 'string' && typeof path === 'string';
}
