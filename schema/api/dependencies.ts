import { Kind, parseConstValue, type ConstValueNode } from 'graphql';
import type { UnifiedModel } from '../model/unified.ts';
import { leafAt } from './leaves.ts';
import { MEASURES } from './names.ts';

/** A leaf of an entity. */
export interface LeafRef {
  readonly type: string;
  readonly path: string;
}

/**
 * The leaves that a derived leaf is made of directly; none when mappings give its value. In a value type's leaf, names are those of the
 * entity that holds it. Names that mean nothing here are left out.
 */
export function dependenciesOf(model: UnifiedModel, type: string, path: string): LeafRef[] {
  const derivation = leafAt(model, type, path)?.derivation;
  if (derivation === undefined) return [];
  if (derivation.kind === 'from') return resolve(model, type, derivation.field);
  if (derivation.kind === 'computed') return namesIn(derivation.expression).flatMap((name) => resolve(model, type, name));
  const relation = model.types.get(type)?.fields.get(derivation.relation);
  if (relation?.kind !== 'relation') return [];
  const literals = [derivation.where, derivation.kind === 'pick' ? derivation.orderBy : undefined].filter((literal) => literal !== undefined);
  return [
    ...(derivation.field === undefined ? [] : resolve(model, relation.target, derivation.field)),
    ...literals.flatMap((literal) => namedIn(model, relation.target, parseConstValue(literal))),
  ];
}

/** True when a leaf's value depends on the day it is asked: it then takes an argument `asOf`. */
export function usesClock(model: UnifiedModel, type: string, path: string): boolean {
  return search(model, { type, path }, new Set());
}

function search(model: UnifiedModel, ref: LeafRef, seen: Set<string>): boolean {
  const id = `${ref.type} ${ref.path}`;
  if (seen.has(id)) return false;
  seen.add(id);
  const derivation = leafAt(model, ref.type, ref.path)?.derivation;
  if (derivation?.kind === 'computed' && namesIn(derivation.expression).some(isClock)) return true;
  return dependenciesOf(model, ref.type, ref.path).some((next) => search(model, next, seen));
}

function isClock(name: string): boolean {
  return /^(?:asOf|now)(?:\.|$)/.test(name);
}

/** `name` or `name.name…` in an expression, outside its strings; functions' names too. */
export function namesIn(expression: string): string[] {
  const bare = expression.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs, '""').replaceAll(/\/\/.*/g, '');
  return [...new Set(bare.match(/(?<![\w.])[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*/g) ?? [])].map((name) => name.replaceAll(/\s/g, ''));
}

/** A leaf itself, all leaves of a value, or a leaf of a to-one relation's target. */
function resolve(model: UnifiedModel, type: string, name: string): LeafRef[] {
  const [head = '', tail] = name.split('.');
  const field = model.types.get(type)?.fields.get(head);
  if (field?.kind === 'leaf') return [{ type, path: head }];
  if (field?.kind === 'relation') return tail === undefined || field.many ? [] : resolve(model, field.target, tail);
  if (field?.kind !== 'value') return [];
  const parts = tail === undefined ? [...(model.types.get(field.type)?.fields.keys() ?? [])] : [tail];
  return parts.map((part) => ({ type, path: `${head}.${part}` })).filter(({ path }) => leafAt(model, type, path) !== undefined);
}

const LOGIC: ReadonlySet<string> = new Set(['and', 'or', 'not', 'some', 'every', 'none', 'aggregate', ...Object.keys(MEASURES)]);

/** The leaves that a filter or order literal of a type names, through relations too. */
function namedIn(model: UnifiedModel, type: string, literal: ConstValueNode): LeafRef[] {
  if (literal.kind === Kind.LIST) return literal.values.flatMap((item) => namedIn(model, type, item));
  if (literal.kind !== Kind.OBJECT) return [];
  return literal.fields.flatMap(({ name, value }) => {
    const field = model.types.get(type)?.fields.get(name.value);
    if (field?.kind === 'leaf') return [{ type, path: field.name }];
    if (field?.kind === 'relation') return namedIn(model, field.target, value);
    if (field?.kind === 'value')
      return value.kind === Kind.OBJECT ? value.fields.flatMap((part) => resolve(model, type, `${field.name}.${part.name.value}`)) : [];
    return LOGIC.has(name.value) ? namedIn(model, type, value) : [];
  });
}
