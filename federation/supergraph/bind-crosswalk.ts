import { suggestion } from '../../schema/parse/suggest.ts';
import type { CrosswalkMapping, Mapping, ValueMapping } from '../../schema/model/mapping.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { asText } from '../transforms/as-text.ts';
import { createReads } from '../transforms/column.ts';
import { type Target } from '../transforms/plain.ts';
import { splitText } from '../transforms/text.ts';
import { MappingFault, TEXT, typeName, type Value } from '../transforms/value.ts';
import type { CrosswalkBinding } from './binding.ts';
import { keepWhere } from './bind-filter.ts';
import { createProblems, type Problems } from './bind-problems.ts';
import { bindRows, type Rows, type RowsContext } from './bind-rows.ts';
import { leafAt, targetOf } from './bind-target.ts';
import { applySteps, bindValue, finish, type ValueContext } from './bind-value.ts';
import type { BindInput } from './bind-mapping.ts';

/** How one source names the keys of an entity. Reports every fault; undefined when there is one. */
export function bindCrosswalk(entity: UnifiedType, mapping: CrosswalkMapping, input: BindInput, problems: Problems): CrosswalkBinding | undefined {
  const { catalog, timeZone } = input;
  const rows = problems.attempt(mapping, () => rowsOf(mapping, input.mapping, { catalog, timeZone, problems }));
  if (rows === undefined) return undefined;
  const find = (name: string) => rows.column(name).expr;
  const reads = createReads();
  const context: ValueContext = { rows, reads, problems, timeZone, normalizers: input.normalizers };

  const local = problems.attempt(mapping, () => find(mapping.local), 'local');
  const decode = problems.attempt(mapping.canonical ?? mapping, () => decodeKeys(entity, mapping, input, context));
  const { confirmed, validTo } = mapping;
  const confirmedWhere = confirmed && problems.attempt(mapping, () => keepWhere(confirmed, find, timeZone), 'confirmed');
  const validUntil = validTo === undefined ? undefined : problems.attempt(mapping, () => dateColumn(validTo, rows), 'validTo');
  const evidence = Object.entries(mapping.evidence).flatMap(([field, column]) => {
    const bind = () => {
      leafAt(entity, field, input.model);
      return find(column);
    };
    const expr = problems.attempt(mapping, bind, 'evidence', field);
    return expr === undefined ? [] : [[field, expr] as const];
  });
  if (local === undefined || decode === undefined) return undefined;
  return {
    entity: entity.name,
    source: input.mapping.source,
    department: input.department,
    rows: rows.build(),
    local,
    reads: reads.exprs,
    decode,
    ...(confirmedWhere === undefined ? {} : { confirmed: confirmedWhere }),
    ...(validUntil === undefined ? {} : { validTo: validUntil }),
    evidence: new Map(evidence),
    authority: mapping.of !== undefined && entity.authority === input.department,
  };
}

function rowsOf({ rows, of, place }: CrosswalkMapping, mapping: Mapping, context: RowsContext): Rows | undefined {
  if (rows !== undefined) return bindRows(rows, context);
  const type = mapping.types.get(of ?? '');
  if (type === undefined)
    throw new MappingFault(
      of === undefined ? 'the crosswalk names no rows' : `this mapping has no type "${of}"`,
      of === undefined ? 'give `table` or `of`' : suggestion(of, [...mapping.types.keys()]),
    );
  // The faults of these rows are reported where the type is bound.
  const found = bindRows(type.rows, { ...context, problems: createProblems() });
  if (found === undefined) context.problems.add(place, `the rows of type "${of}" have errors`, 'mend them first');
  return found;
}

function decodeKeys(entity: UnifiedType, mapping: CrosswalkMapping, input: BindInput, context: ValueContext): CrosswalkBinding['decode'] {
  const keyField = entity.key[0];
  if (keyField === undefined || entity.key.length > 1)
    throw new MappingFault(`${entity.name} is not identified by one field`, 'crosswalks need a key of one field');
  const target = targetOf(leafAt(entity, keyField, input.model).type, input.model, input.normalizers);
  const canonical = mapping.canonical ?? ownKey(mapping, keyField, input.mapping);
  const { split } = mapping;
  if (split === undefined || split.length === 0) return decodeOne(bindValue(canonical, target, context));
  return decodeSplit(canonical, split, target, context);
}

function ownKey({ of }: CrosswalkMapping, keyField: string, mapping: Mapping): ValueMapping {
  const own = mapping.types.get(of ?? '')?.fields.get(keyField);
  if (own === undefined)
    throw new MappingFault('the canonical key is not named', of === undefined ? 'give `canonical`' : `give \`canonical\`, or map ${of}.${keyField}`);
  if (own.crosswalk !== undefined)
    throw new MappingFault('the type’s key itself comes through this crosswalk', 'give `canonical`: the column that holds the canonical key');
  return own;
}

function decodeOne(value: Value): CrosswalkBinding['decode'] {
  const text = asText(value);
  return (raw, issues) => {
    const key = text.decode(raw, issues);
    return key === null ? [] : [key as string];
  };
}

/** The whole cell first, then the steps on each of its parts. */
function decodeSplit(canonical: ValueMapping, separators: readonly string[], target: Target, context: ValueContext): CrosswalkBinding['decode'] {
  const long = separators.find((separator) => [...separator].length !== 1);
  if (long !== undefined) throw new MappingFault(`separator ${JSON.stringify(long)} is not one character`, 'name single characters, each on its own');
  const { column, json, path, concat, firstValid, constant, expression, place } = canonical;
  const origin = { column, json, path, concat, firstValid, constant, expression };
  const cell = asText(
    bindValue(
      { ...(Object.fromEntries(Object.entries(origin).filter(([, value]) => value !== undefined)) as Partial<ValueMapping>), place },
      undefined,
      context,
    ),
  );
  let part = '';
  const partValue: Value = { type: TEXT, decode: () => part, rawText: () => part };
  const key = asText(finish(applySteps(partValue, canonical, target, context), canonical, target, context));
  return (raw: readonly WireValue[], issues) => {
    const text = cell.decode(raw, issues);
    if (text === null) return [];
    const keys = new Set<string>();
    for (const piece of splitText(text as string, separators)) {
      part = piece;
      const decoded = key.decode(raw, issues);
      if (decoded !== null) keys.add(decoded as string);
    }
    return [...keys];
  };
}

function dateColumn(name: string, rows: Rows): CrosswalkBinding['local'] {
  const { expr, def } = rows.column(name);
  if (def.type.kind === 'date') return expr;
  if (def.type.kind === 'timestamp') return { kind: 'truncate', value: expr, unit: 'DAY' };
  throw new MappingFault(`column "${name}" holds ${typeName(def.type)}, not dates`, '`validTo` needs a date column');
}
