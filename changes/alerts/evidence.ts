import type { SelectionSetNode } from 'graphql';
import type { Dependencies, RelationStep } from '../../federation/dependencies/dependencies.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';
import { selectionOf } from '../../schema/parse/entity-test.ts';
import type { AlertEvidence, EvidenceRow } from './alert.ts';

/** Rows of one relation that are listed, of the subject's own and of rows further away. */
const LISTED = 50;
const LISTED_BELOW = 10;
const SOURCES = '_meta { sources { department source table key } }';

interface Branch {
  readonly many: boolean;
  readonly inner: Map<string, Branch>;
}

/** The rows that a rule reads, as a selection on its subject: the provenance of each entity on each of its paths. */
export function evidenceSelection(model: UnifiedModel, { reads }: Dependencies): SelectionSetNode {
  const set = selectionOf(
    selectionText(
      branchesOf(
        model,
        reads.map(({ path }) => path),
      ),
      0,
    ),
  );
  if (!set) throw new Error('unreachable: the selection is made of names of the model');
  return set;
}

function branchesOf(model: UnifiedModel, paths: readonly (readonly RelationStep[])[]): Branch {
  const root: Branch = { many: false, inner: new Map() };
  for (const path of paths) {
    let at = root;
    for (const { from, relation } of path) {
      const field = model.types.get(from)?.fields.get(relation);
      const known = at.inner.get(relation) ?? { many: field?.kind === 'relation' && field.many, inner: new Map() };
      at.inner.set(relation, known);
      at = known;
    }
  }
  return root;
}

function selectionText({ inner }: Branch, depth: number): string {
  const relations = [...inner].map(([name, branch]) => {
    const body = selectionText(branch, depth + 1);
    return branch.many ? `${name}(first: ${depth === 0 ? LISTED : LISTED_BELOW}) { totalCount nodes ${body} }` : `${name} ${body}`;
  });
  return `{ ${SOURCES} ${relations.join(' ')} }`;
}

type Read = Readonly<Record<string, unknown>>;

/** The rows that a reading of the selection names. */
export function evidenceOf(values: Read, model: UnifiedModel, subject: string): Pick<AlertEvidence, 'rows' | 'more'> {
  const rows = new Map<string, EvidenceRow>();
  const more: { path: string; listed: number; total: number }[] = [];
  const walk = (entity: Read, type: string, path: string): void => {
    for (const { department, source, table, key } of ((entity['_meta'] as Read | null)?.['sources'] ?? []) as Omit<EvidenceRow, 'path' | 'type'>[])
      rows.set(`${path} ${source} ${table} ${key}`, { path, type, department, source, table, key });
    for (const [name, inner] of Object.entries(entity)) {
      const field = model.types.get(type)?.fields.get(name);
      if (field?.kind !== 'relation' || typeof inner !== 'object' || inner === null) continue;
      const below = path === '' ? name : `${path}.${name}`;
      if (!field.many) {
        walk(inner as Read, field.target, below);
        continue;
      }
      const { nodes, totalCount } = inner as { readonly nodes: readonly Read[]; readonly totalCount: number };
      if (totalCount > nodes.length) more.push({ path: below, listed: nodes.length, total: totalCount });
      for (const node of nodes) walk(node, field.target, below);
    }
  };
  walk(values, subject, '');
  return { rows: [...rows.values()], more };
}
