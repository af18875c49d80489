import { Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { Dependencies, RelationStep } from '../../../federation/dependencies/dependencies.ts';
import { createSubjectReader } from '../../../federation/execute/read-subjects.ts';
import type { Federation } from '../../../federation/supergraph/federation.ts';
import type { View } from '../../../federation/supergraph/view.ts';
import type { Canonical } from '../../../schema/model/canonical.ts';
import type { ChangeRow } from '../../../schema/model/change.ts';
import type { Past } from './past.ts';

const SUBJECTS = 50;

/** Reads everything that a rule reads of these subjects, as it is now, into the past, from where changes are undone. @throws {HubError} when a source cannot be read */
export async function loadPast(
  federation: Federation,
  view: View,
  dependencies: Dependencies,
  keys: readonly (readonly Canonical[])[],
  past: Past,
  signal: AbortSignal,
): Promise<void> {
  const { subject } = dependencies;
  const select = selectionAt(view, dependencies, [], subject);
  const reader = createSubjectReader({ environment: federation.environment, view, type: subject, select, whole: true });
  for (let start = 0; start < keys.length; start += SUBJECTS) {
    const { readings } = await reader.read(keys.slice(start, start + SUBJECTS), signal);
    for (const reading of readings) {
      if (reading.kind === 'failed') throw reading.error;
      if (reading.kind === 'read') keep(view, dependencies, past, reading.values, [], subject);
    }
  }
}

const pathText = (path: readonly RelationStep[]): string => path.map((step) => step.relation).join('.');
const at = ({ reads }: Dependencies, path: readonly RelationStep[]) => reads.find((read) => pathText(read.path) === pathText(path));
const below = ({ reads }: Dependencies, path: readonly RelationStep[]) =>
  reads.filter((read) => read.path.length === path.length + 1 && pathText(read.path.slice(0, -1)) === pathText(path)).map((read) => read.path);

function fieldsAt(view: View, dependencies: Dependencies, path: readonly RelationStep[], type: string): string[] {
  const key = view.supergraph.model.types.get(type)?.key ?? [];
  return [...new Set([...key, ...(at(dependencies, path)?.sources ?? []).flatMap(({ fields }) => fields)])];
}

function selectionAt(view: View, dependencies: Dependencies, path: readonly RelationStep[], type: string): SelectionSetNode {
  const leaves = fieldsAt(view, dependencies, path, type).map((leaf) => fieldNode(leaf.split('.')));
  const relations = below(dependencies, path).map((next): SelectionNode => {
    const step = next.at(-1) as RelationStep;
    const inner = selectionAt(view, dependencies, next, step.to);
    const field = view.supergraph.model.types.get(type)?.fields.get(step.relation);
    const many = field?.kind === 'relation' && field.many;
    return fieldNode([step.relation], many ? { kind: Kind.SELECTION_SET, selections: [fieldNode(['nodes'], inner)] } : inner);
  });
  return { kind: Kind.SELECTION_SET, selections: [...leaves, ...relations] };
}

/** Parts of a value type get response keys of their own, `a.b` as `a__b`. */
function fieldNode([name = '', ...rest]: readonly string[], inner?: SelectionSetNode): SelectionNode {
  const set = rest.length > 0 ? { kind: Kind.SELECTION_SET as const, selections: [fieldNode(rest, inner)] } : inner;
  const alias = rest.length > 0 ? { alias: { kind: Kind.NAME as const, value: [name, ...rest].join('__') } } : {};
  return { kind: Kind.FIELD, ...alias, name: { kind: Kind.NAME, value: name }, ...(set ? { selectionSet: set } : {}) };
}

type Read = Readonly<Record<string, unknown>>;

/** Puts an entity into the sources that are right about its parts, and what hangs together with it beside it. */
function keep(view: View, dependencies: Dependencies, past: Past, entity: Read, path: readonly RelationStep[], type: string): void {
  const keyFields = view.supergraph.model.types.get(type)?.key ?? [];
  const valueOf = (leaf: string): Canonical => {
    const [head = '', tail] = leaf.split('.');
    return ((tail === undefined ? entity[head] : (entity[`${head}__${tail}`] as Read | null | undefined)?.[tail]) ?? null) as Canonical;
  };
  const key = keyFields.map(valueOf);
  const ownKey = Object.fromEntries(keyFields.map((field, i) => [field, key[i] ?? null]));
  for (const { source, fields } of at(dependencies, path)?.sources ?? []) {
    const row: ChangeRow = { ...ownKey, ...Object.fromEntries(fields.map((leaf) => [leaf, valueOf(leaf)])) };
    past.put(type, source, key, row);
  }
  for (const next of below(dependencies, path)) {
    const step = next.at(-1) as RelationStep;
    const inner = entity[step.relation];
    for (const one of Array.isArray(inner) ? (inner as Read[]) : inner ? [inner as Read] : []) {
      // What it is related by stands on the other side: several entities may share a row, each through its own value.
      keep(view, dependencies, past, one, next, step.to);
    }
  }
}
