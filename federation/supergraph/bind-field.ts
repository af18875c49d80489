import type { CompareOp, Expr } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { ValueMapping } from '../../schema/model/mapping.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { createReads, constantValue } from '../transforms/column.ts';
import { compareWire } from '../transforms/compare-wire.ts';
import { jsonDocument } from '../transforms/json-path.ts';
import { canonicalOf, encoderOf, type Target } from '../transforms/plain.ts';
import { ALWAYS, anyOf, compare, exactly, NEVER } from '../transforms/predicates.ts';
import { asText } from '../transforms/as-text.ts';
import { MappingFault, textLiteral, type Value } from '../transforms/value.ts';
import type { Decode, FieldBinding, SargablePredicate } from './binding.ts';
import { bindValue, columnValue, hasSteps, type ValueContext } from './bind-value.ts';

export type FieldContext = Omit<ValueContext, 'reads'>;

/** One field of a type: how it is read, decoded, computed and filtered. @throws {MappingFault} | {Reported} */
export function bindField(path: string, mapping: ValueMapping, target: Target, context: FieldContext): FieldBinding {
  if (target.name === 'JSON' || target.name === 'GeoJSON') return bindDocument(path, mapping, target, context);
  const reads = createReads();
  if (mapping.crosswalk !== undefined) return bindLocalKey(path, mapping, mapping.crosswalk, target, { ...context, reads });
  const bound = bindValue(mapping, target, { ...context, reads });
  const value = reads.exprs.length === 0 ? constantField(path, bound) : withFewValues(bound, reads.exprs, context);
  const canonical = canonicalOf(target, value.type);
  const encode = encoderOf(target, value.type, context);
  return {
    path,
    scalar: target.name,
    reads: reads.exprs,
    decode: canonical === undefined ? value.decode : decodeAs(value, canonical),
    ...verbatimOf(value, target),
    ...(value.expr === undefined ? { reason: value.reason ?? 'the database cannot compute it' } : { expr: value.expr }),
    ...(value.expr === undefined || value.sargable === undefined ? {} : { sargable: sargableOf(value.sargable, encode) }),
    encode,
  };
}

function verbatimOf({ verbatim, type, neverEmpty }: Value, { name }: Target): Pick<FieldBinding, 'verbatim'> {
  if (!verbatim) return {};
  if (type.kind === 'text') return neverEmpty ? { verbatim: 'text' } : {};
  if (type.kind === 'integer') return name === 'Int' && type.bits !== 64 ? { verbatim: 'integer' } : {};
  if (type.kind === 'decimal') return name === 'Decimal' ? { verbatim: 'decimal' } : {};
  return type.kind === 'date' && name === 'Date' ? { verbatim: 'date' } : {};
}

function decodeAs(value: Value, canonical: (wire: NonNullable<WireValue>) => Canonical): Decode {
  return (raw, issues) => {
    const wire = value.decode(raw, issues);
    return wire === null ? null : canonical(wire);
  };
}

/** Decoded once and for all; a filter on it is decided before any row is read. */
function constantField(path: string, bound: Value): Value {
  const value = bound.decode([], (code, rawValue) => {
    throw new MappingFault(`the constant ${JSON.stringify(rawValue)} is no value of "${path}" (${code})`, 'write a value that the field can have');
  });
  const { type } = bound;
  return { ...constantValue(value, type), sargable: (op, constant) => (value !== null && compareWire(op, value, constant, type) ? ALWAYS : NEVER) };
}

/** A field of nothing but the text that tells tables apart: a filter on it says which tables are asked at all. */
function withFewValues(bound: Value, reads: readonly Expr[], { rows }: FieldContext): Value {
  const [column] = reads;
  const values = reads.length === 1 && column?.kind === 'column' ? rows.column(column.column).values : undefined;
  if (column === undefined || values === undefined || bound.expr === undefined) return bound;
  const meanings = values.map((text) => [text, bound.decode([text], () => undefined)] as const);
  return {
    ...bound,
    sargable: (op, constant) =>
      anyOf(
        meanings
          .filter(([, meaning]) => meaning !== null && compareWire(op, meaning, constant, bound.type))
          .map(([text]) => exactly(compare('eq', column, textLiteral(text)))),
      ),
  };
}

function sargableOf(sargable: NonNullable<Value['sargable']>, encode: FieldBinding['encode']): NonNullable<FieldBinding['sargable']> {
  const one = (op: CompareOp, value: Canonical): SargablePredicate | undefined => {
    const wire = encode(value);
    return wire === null ? NEVER : sargable(op, wire);
  };
  return (op, values) => {
    if (op === 'in') return anyOf(values.map((value) => one('eq', value)));
    const [value] = values;
    // Absence of a value cannot be looked up, and what differs is nearly everything.
    return value === undefined || op === 'ne' ? undefined : one(op, value);
  };
}

function bindDocument(path: string, mapping: ValueMapping, target: Target, context: FieldContext): FieldBinding {
  const column = mapping.json ?? mapping.column;
  if (column === undefined || hasSteps(mapping))
    throw new MappingFault(`"${path}" is ${target.name}: it is read from a column as it is`, 'write `json: column`, with a `path` if need be');
  const reads = createReads();
  const value = columnValue(column, { rows: context.rows, reads });
  if (value.type.kind !== 'json' && value.type.kind !== 'text') throw new MappingFault(`column "${column}" holds no JSON`, 'name a column of JSON or of text');
  return {
    path,
    scalar: target.name,
    reads: reads.exprs,
    decode: jsonDocument(value, mapping.path ?? []),
    reason: 'JSON has no order and no equality that databases share',
    encode: encoderOf(target, value.type, context),
  };
}

function bindLocalKey(path: string, mapping: ValueMapping, entity: string, target: Target, context: ValueContext): FieldBinding {
  const { crosswalk: _crosswalk, ...own } = mapping;
  const value = bindValue(own, undefined, context);
  const local = value.expr !== undefined && hasSteps(own) ? value.expr : context.reads.exprs[0];
  if (local === undefined || value.expr === undefined)
    throw new MappingFault(`the local key of ${entity} is not in one column`, 'name the column that holds it');
  const text = asText(value);
  return {
    path,
    scalar: target.name,
    reads: context.reads.exprs,
    decode: text.decode,
    expr: local,
    encode: (constant) => (constant === null ? null : String(constant)),
    crosswalk: { entity, local },
  };
}
