import type { Expr } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { addDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import { entityNames, type UnifiedType } from '../../schema/model/unified.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { requireTrusted } from '../drift/drift-error.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Federation } from '../supergraph/federation.ts';
import type { FieldBinding, TypeBinding } from '../supergraph/binding.ts';
import type { Crosswalk } from './crosswalk.ts';

/** Rows of a type that belong to no known entity, and their money. */
export interface Unresolved extends Amounts {
  readonly type: string;
  readonly parts: readonly UnresolvedPart[];
}

/** Of one source, by one field that holds a key of `entity`. */
export interface UnresolvedPart extends Amounts {
  readonly department: string;
  readonly source: string;
  readonly field: string;
  readonly entity: string;
  /** Most rows first; the null key is a blank one. */
  readonly keys: readonly (Amounts & { readonly localKey: string | null })[];
}

export interface Amounts {
  readonly count: number;
  /** Of every field with a unit, in that unit; null where no row has a value. */
  readonly sums: readonly { readonly field: string; readonly unit: string; readonly sum: string | null }[];
}

/**
 * Counts and adds up, key by key in the sources, then keeps the keys that the crosswalk does not resolve.
 * @throws {HubError} BAD_USER_INPUT for a type without such a key; a source's own errors, since a part left out would look like money that is not missing
 */
export async function unresolvedOf(federation: Federation, supergraph: Supergraph, typeName: string, signal: AbortSignal): Promise<Unresolved> {
  const type = entityType(supergraph, typeName);
  const crosswalk = federation.keeper.current();
  const fields = (supergraph.bindings.get(typeName) ?? []).flatMap((binding) => keyFields(supergraph, type, binding).map((key) => ({ binding, ...key })));
  if (fields.length === 0) throw new HubError('BAD_USER_INPUT', `No source maps a key of another entity in ${typeName}.`);
  const parts = await Promise.all(fields.map(({ binding, field, entity }) => unresolvedPart(federation, crosswalk, type, binding, field, entity, signal)));
  return { type: typeName, parts, ...total(parts, moneyFields(type)) };
}

export function entityType(supergraph: Supergraph, name: string): UnifiedType {
  const type = supergraph.model.types.get(name);
  if (type?.kind === 'entity') return type;
  throw new HubError('BAD_USER_INPUT', `There is no type "${name.slice(0, 60)}"; ${suggestion(name, entityNames(supergraph.model))}`);
}

/** Fields that hold another entity's key, in the source's own form or in the canonical one. */
function keyFields(supergraph: Supergraph, type: UnifiedType, binding: TypeBinding): { readonly field: FieldBinding; readonly entity: string }[] {
  const found: { readonly field: FieldBinding; readonly entity: string }[] = [];
  for (const field of binding.fields.values()) {
    if (type.key.includes(field.path) && field.crosswalk?.entity === type.name) continue;
    const entity = field.crosswalk?.entity ?? referenced(type, field.path);
    if (entity === undefined || entity === type.name || (!field.crosswalk && !field.expr)) continue;
    if ([...supergraph.crosswalks.values()].some((each) => each.entity === entity && each.authority)) found.push({ field, entity });
  }
  return found;
}

/** The entity that a field's value is the key of, as its relation says. */
function referenced(type: UnifiedType, path: string): string | undefined {
  for (const field of type.fields.values()) {
    if (field.kind === 'relation' && !field.many && field.fields.length === 1 && field.fields[0] === path) return field.target;
  }
  return undefined;
}

function moneyFields(type: UnifiedType): { readonly field: string; readonly unit: string }[] {
  return [...type.fields.values()].flatMap((field) =>
    field.kind === 'leaf' && field.unit && !field.derivation ? [{ field: field.name, unit: field.unit.code }] : [],
  );
}

async function unresolvedPart(
  federation: Federation,
  crosswalk: Crosswalk,
  type: UnifiedType,
  binding: TypeBinding,
  key: FieldBinding,
  entity: string,
  signal: AbortSignal,
): Promise<UnresolvedPart> {
  const { source, department } = binding;
  if (binding.offline) throw new HubError('SOURCE_UNAVAILABLE', `The source ${source} has not been reached since the hub was set up.`, { source, department });
  if (crosswalk.state(entity, key.crosswalk ? source : authorityOf(federation, entity)) === 'never-built') {
    throw new HubError('SOURCE_UNAVAILABLE', `The keys of ${entity} have not been read yet; try again in a moment.`, {
      source,
      department,
      retryAfterMs: 2_000,
    });
  }
  requireTrusted(binding, key);
  for (const { field } of moneyFields(type)) requireTrusted(binding, binding.fields.get(field));
  const local = key.crosswalk ? key.crosswalk.local : (key.expr as Expr);
  const money = moneyFields(type);
  const summed = money.map(({ field }) => binding.fields.get(field)?.expr);
  const prepared = federation.connector(source).prepare({
    kind: 'aggregate',
    query: { rows: binding.rows, by: [local], measures: [{ fn: 'count' }, ...summed.flatMap((value) => (value ? [{ fn: 'sum' as const, value }] : []))] },
  });
  const rows = await prepared.run({}, federation.call(source, signal));
  const resolved = (value: string): boolean => (key.crosswalk ? crosswalk.toCanonical(entity, source, value).length > 0 : crosswalk.exists(entity, value));
  const keys: (Amounts & { readonly localKey: string | null })[] = [];
  for (const [value, count, ...sums] of rows) {
    const localKey = value === null || value === undefined ? null : String(value);
    if (localKey !== null && resolved(localKey)) continue;
    let next = 0;
    keys.push({ localKey, count: Number(count), sums: money.map((each, i) => ({ ...each, sum: summed[i] ? decimalOf(sums[next++]) : null })) });
  }
  keys.sort((a, b) => b.count - a.count || ((a.localKey ?? '') < (b.localKey ?? '') ? -1 : 1));
  return { department, source, field: key.path, entity, keys, ...total(keys, money) };
}

function authorityOf(federation: Federation, entity: string): string {
  for (const each of federation.generation().supergraph.crosswalks.values()) if (each.entity === entity && each.authority) return each.source;
  return '';
}

/** As amounts are written everywhere. */
const MONEY_DECIMALS = 2;

function decimalOf(value: unknown): string | null {
  return value === null || value === undefined ? null : normalizeDecimal(String(value), MONEY_DECIMALS);
}

function total(parts: readonly Amounts[], money: readonly { readonly field: string; readonly unit: string }[]): Amounts {
  const sums = money.map(({ field, unit }, i) => ({ field, unit, sum: parts.reduce<string | null>((sum, part) => add(sum, part.sums[i]?.sum ?? null), null) }));
  return { count: parts.reduce((sum, part) => sum + part.count, 0), sums };
}

const add = (a: string | null, b: string | null): string | null => (a === null || b === null ? (a ?? b) : normalizeDecimal(addDecimal(a, b), MONEY_DECIMALS));
