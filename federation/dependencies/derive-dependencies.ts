import { Kind, parseConstValue, valueFromASTUntyped, type FieldNode, type SelectionSetNode } from 'graphql';
import { leafAt, leavesOf } from '../../schema/api/leaves.ts';
import { compareText } from '../../schema/model/compare-text.ts';
import type { Derivation } from '../../schema/model/unified.ts';
import { selectionOf } from '../../schema/parse/entity-test.ts';
import { expressionNames } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Dependencies, Dependency, RelationStep, SourceReads } from './dependencies.ts';

export interface Reading {
  /** A selection set on the subject. */
  readonly select?: SelectionSetNode | undefined;
  /** A filter on the subject, as the API takes it, coerced. */
  readonly where?: unknown;
  /** CEL over what is selected; only `asOf` and `now` in it matter here. */
  readonly conditions?: readonly (string | undefined)[];
}

/** Derives what a selection, a filter or both depend on. Pure; what the model does not know is left out. */
export function deriveDependencies(supergraph: Supergraph, subject: string, reading: Reading): Dependencies {
  const walker = createWalker(supergraph);
  const root = walker.root(subject);
  if (reading.select) walker.selection(root, reading.select);
  walker.condition(root, reading.where);
  for (const text of reading.conditions ?? []) if (text !== undefined) walker.clockOf(text);
  return { subject, reads: walker.reads(), clock: walker.clock() };
}

/** One type at one path, with the leaves that were met there. */
interface Place {
  readonly type: string;
  readonly path: readonly RelationStep[];
  readonly leaves: Set<string>;
}

/** Names that stand between a relation and the fields of its target. */
const CONNECTION: ReadonlySet<string> = new Set(['nodes', 'edges', 'node']);

function createWalker(supergraph: Supergraph) {
  const { model } = supergraph;
  const places = new Map<string, Place>();
  const checks = new Set<string>();
  let clock: Dependencies['clock'] = 'none';

  const place = (type: string, path: readonly RelationStep[]): Place => {
    const key = path.map((step) => step.relation).join('.');
    const known = places.get(key);
    if (known) return known;
    const made: Place = { type, path, leaves: new Set() };
    places.set(key, made);
    return made;
  };

  const tick = (name: string): void => {
    if (name === 'now') clock = 'moment';
    else if (clock === 'none') clock = 'day';
  };

  const clockOf = (expression: string): void => {
    for (const name of expressionNames(parseExpression(expression))) if (name === 'asOf' || name === 'now') tick(name);
  };

  const follow = (from: Place, name: string): Place | undefined => {
    const relation = model.types.get(from.type)?.fields.get(name);
    if (relation?.kind !== 'relation') return undefined;
    const step: RelationStep = { from: from.type, relation: name, fields: relation.fields, to: relation.target, references: relation.references };
    const to = place(relation.target, [...from.path, step]);
    for (const field of relation.fields) leaf(from, field);
    for (const field of relation.references) leaf(to, field);
    return to;
  };

  function leaf(at: Place, path: string): void {
    if (at.leaves.has(path)) return;
    const found = leafAt(model, at.type, path);
    if (!found) return;
    at.leaves.add(path);
    if (found.derivation) derived(at, found.derivation);
  }

  function derived(at: Place, derivation: Derivation): void {
    if (derivation.kind === 'from') return named(at, derivation.field);
    if (derivation.kind === 'computed') {
      for (const name of expressionNames(parseExpression(derivation.expression))) {
        if (name === 'asOf' || name === 'now') tick(name);
        else named(at, name);
      }
      return;
    }
    const related = follow(at, derivation.relation);
    if (!related) return;
    if (derivation.field !== undefined) leaf(related, derivation.field);
    for (const literal of [derivation.where, derivation.kind === 'pick' ? derivation.orderBy : undefined])
      if (literal !== undefined) condition(related, untyped(literal));
  }

  /** `amount`, `location` with all its leaves, `location.lng`, `owner.name`. */
  function named(at: Place, name: string): void {
    const [head = '', tail] = name.split('.');
    const field = model.types.get(at.type)?.fields.get(head);
    if (field?.kind === 'leaf') leaf(at, head);
    else if (field?.kind === 'value') for (const part of tail === undefined ? partsOf(field.type) : [tail]) leaf(at, `${head}.${part}`);
    else if (field?.kind === 'relation') {
      const related = follow(at, head);
      if (related && tail !== undefined) leaf(related, tail);
    }
  }

  const partsOf = (type: string): readonly string[] => [...(model.types.get(type)?.fields.keys() ?? [])];

  function everything(at: Place): void {
    const type = model.types.get(at.type);
    if (type) for (const { path } of leavesOf(model, type)) leaf(at, path);
  }

  /** A filter or an order: what it names is read, its operators are not. */
  function condition(at: Place, value: unknown): void {
    if (Array.isArray(value)) return value.forEach((item) => condition(at, item));
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      const field = model.types.get(at.type)?.fields.get(name);
      if (field?.kind === 'leaf') leaf(at, name);
      else if (field?.kind === 'value') for (const part of Object.keys((inner ?? {}) as object)) leaf(at, `${name}.${part}`);
      else if (field?.kind === 'relation') {
        const related = follow(at, name);
        if (related) condition(related, inner);
      } else condition(at, inner); // and, or, not; some, every, none; aggregate and its measures
    }
  }

  function selection(at: Place, set: SelectionSetNode): void {
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) selection(at, node.selectionSet);
      else if (node.kind === Kind.FIELD) selected(at, node);
    }
  }

  function selected(at: Place, node: FieldNode): void {
    const name = node.name.value;
    const field = model.types.get(at.type)?.fields.get(name);
    if (field?.kind === 'leaf') return leaf(at, name);
    if (field?.kind === 'value') {
      for (const part of node.selectionSet?.selections ?? []) if (part.kind === Kind.FIELD) leaf(at, `${name}.${part.name.value}`);
      return;
    }
    if (field?.kind === 'relation') {
      const related = follow(at, name);
      if (!related) return;
      for (const argument of node.arguments ?? []) condition(related, valueFromASTUntyped(argument.value));
      if (node.selectionSet && field.many) connection(related, node.selectionSet);
      else if (node.selectionSet) selection(related, node.selectionSet);
      return;
    }
    if (name === 'checks') return allChecks(at);
    if (name === '_meta') everything(at);
  }

  /** Below a list: its nodes are entities, its totals name leaves under their measures, its groups may use any leaf. */
  function connection(at: Place, set: SelectionSetNode): void {
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) connection(at, node.selectionSet);
      if (node.kind !== Kind.FIELD || !node.selectionSet) continue;
      const name = node.name.value;
      if (name === 'nodes' || name === 'node') selection(at, node.selectionSet);
      else if (name === 'groups') everything(at);
      else if (CONNECTION.has(name) || name === 'aggregate') connection(at, node.selectionSet);
      else selection(at, node.selectionSet); // sum { amount }
    }
  }

  function allChecks(at: Place): void {
    for (const check of supergraph.checks.get(at.type) ?? []) {
      const id = `${at.path.map((step) => step.relation).join('.')} ${check.check}`;
      if (checks.has(id)) continue;
      checks.add(id);
      const set = selectionOf(check.select);
      if (set) selection(at, set);
      clockOf(check.when);
    }
  }

  return {
    root: (type: string) => place(type, []),
    selection,
    condition,
    clockOf,
    clock: () => clock,
    reads: () =>
      [...places].toSorted(([a], [b]) => compareText(a, b)).map(([, at]): Dependency => ({ path: at.path, type: at.type, sources: sourcesOf(supergraph, at) })),
  };
}

/** The sources that decide on the type's rows, and those that are right about a leaf that was met. */
function sourcesOf(supergraph: Supergraph, { type, leaves }: Place): SourceReads[] {
  const bindings = supergraph.bindings.get(type) ?? [];
  const fields = new Map<string, Set<string>>();
  const [primary] = bindings;
  if (primary) fields.set(primary.source, new Set());
  for (const path of leaves) {
    const leaf = leafAt(supergraph.model, type, path);
    if (!leaf || leaf.derivation) continue;
    const having = bindings.filter((binding) => binding.fields.has(path));
    const authority = having.find((binding) => binding.department === leaf.authority) ?? having[0];
    if (!authority) continue;
    const known = fields.get(authority.source);
    if (known) known.add(path);
    else fields.set(authority.source, new Set([path]));
  }
  return [...fields]
    .map(([source, paths]): SourceReads => {
      const department = bindings.find((binding) => binding.source === source)?.department ?? '';
      return { source, department, fields: [...paths].toSorted(compareText) };
    })
    .toSorted((a, b) => compareText(a.source, b.source));
}

const untyped = (literal: string): unknown => valueFromASTUntyped(parseConstValue(literal));
