import { evaluate } from '../../../../connectors/memory/expression.ts';
import { holds } from '../../../../connectors/memory/predicate.ts';
import type { MemoryRow, Scope } from '../../../../connectors/memory/scope.ts';
import type { Predicate } from '../../../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../../../connectors/spi/type-of.ts';
import type { Canonical, DataIssue } from '../../../../schema/model/canonical.ts';
import type { Normalizer, ValueMapping } from '../../../../schema/model/mapping.ts';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';
import type { UnifiedModel } from '../../../../schema/model/unified.ts';
import { bindMapping } from '../../../../federation/supergraph/bind-mapping.ts';
import type { FieldBinding, SargablePredicate } from '../../../../federation/supergraph/binding.ts';
import { decodeWire } from '../../../../federation/values/decode-wire.ts';

export const TIME_ZONE = 'Asia/Shanghai';
const PLACE = { file: 'mapping.yaml', line: 1, column: 1 };

/** A value as YAML has it, its inner ones with places of their own. */
export type Written = Omit<ValueMapping, 'place' | 'concat' | 'firstValid'> & {
  readonly concat?: readonly Written[];
  readonly firstValid?: readonly Written[];
};

export function placed({ concat, firstValid, ...rest }: Written): ValueMapping {
  return {
    ...rest,
    place: PLACE,
    ...(concat === undefined ? {} : { concat: concat.map(placed) }),
    ...(firstValid === undefined ? {} : { firstValid: firstValid.map(placed) }),
  };
}

export const NORMALIZERS: ReadonlyMap<string, Normalizer> = new Map([
  [
    'projectCode',
    { fold: true, trim: true, upper: false, remove: [], keep: 'digits', match: '(\\d{4})(\\d{6})(\\d{2})(\\d{2})(\\d{6})', format: '{1}-{2}-{3}-{4}-{5}' },
  ],
  ['uscc', { fold: true, trim: true, upper: true, remove: [' ', '-'], match: '[0-9A-Z]{18}' }],
  ['loose', { fold: true, trim: true, upper: false, remove: [] }],
]);

const SCALARS: UnifiedModel['scalars'] = new Map([
  ['RegionCode', { name: 'RegionCode', pattern: '\\d{6}' }],
  ['Uscc', { name: 'Uscc', pattern: '[0-9A-Z]{18}', normalize: 'uscc' }],
]);

const ENUMS: UnifiedModel['enums'] = new Map([
  ['Status', { name: 'Status', values: ['ENTERED', 'APPROVED', 'PAID', 'RETURNED'].map((name) => ({ name })) }],
  ['Stage', { name: 'Stage', values: ['PREPARATION', 'IMPLEMENTATION'].map((name) => ({ name })) }],
]);

export interface Column {
  readonly type: PhysicalType;
  readonly nativeType?: string;
}

/** A type of one field over a table of the given columns. */
export function modelOf(scalar: string): UnifiedModel {
  const field = (name: string, type: string) =>
    [name, { kind: 'leaf', name, type: { kind: ENUMS.has(type) ? 'enum' : 'scalar', name: type }, nonNull: false, place: PLACE }] as const;
  return {
    types: new Map([
      [
        'Thing',
        {
          name: 'Thing',
          kind: 'entity',
          names: { one: 'thing', many: 'things' },
          key: ['id'],
          fields: new Map([field('id', 'ID'), field('value', scalar)]),
          place: PLACE,
        },
      ],
    ]),
    enums: ENUMS,
    scalars: SCALARS,
  };
}

export function bindWritten(written: Written, scalar: string, columns: Readonly<Record<string, Column>>) {
  return bindMapping({
    mapping: {
      file: 'mapping.yaml',
      source: 'finance',
      types: new Map([
        [
          'Thing',
          {
            rows: { table: { name: 't' }, place: PLACE },
            key: ['rowid'],
            fields: new Map([
              ['id', placed({ column: 'rowid' })],
              ['value', placed(written)],
            ]),
            place: PLACE,
          },
        ],
      ]),
      crosswalks: new Map(),
    },
    catalog: {
      tables: [
        {
          name: 't',
          kind: 'table',
          columns: [
            { name: 'rowid', type: { kind: 'text' }, nativeType: 'text', nullable: false },
            ...Object.entries(columns).map(([name, { type, nativeType }]) => ({ name, type, nativeType: nativeType ?? type.kind, nullable: true })),
          ],
          primaryKey: ['rowid'],
          uniqueKeys: [],
          foreignKeys: [],
          indexedColumns: ['rowid'],
        },
      ],
    },
    model: modelOf(scalar),
    normalizers: NORMALIZERS,
    department: 'finance',
    timeZone: TIME_ZONE,
  });
}

export interface TestField extends FieldBinding {
  /** Decodes one row as the executor does. */
  read(row: Readonly<Record<string, WireValue>>): { readonly value: Canonical; readonly issues: DataIssue['code'][]; readonly rawValues: string[] };
  /** What the executable definition of the IR makes of `expr`, canonical. */
  compute(row: Readonly<Record<string, WireValue>>): Canonical;
  /** Whether `expr op value` holds, decided by the memory connector. */
  filter(op: Op, values: readonly Canonical[], row: Readonly<Record<string, WireValue>>): boolean;
  raw(op: Op, values: readonly Canonical[]): SargablePredicate | undefined;
}

export type Op = 'eq' | 'lt' | 'lte' | 'gt' | 'gte' | 'in';

export function field(written: Written, scalar: string, columns: Readonly<Record<string, Column>>): TestField {
  const { types, problems } = bindWritten(written, scalar, columns);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${problem.message}; ${problem.remedy}`).join('\n'));
  const binding = types[0]?.fields.get('value');
  if (binding === undefined) throw new Error('expected a field, got none');
  return {
    ...binding,
    read(row) {
      const issues: DataIssue['code'][] = [];
      const rawValues: string[] = [];
      const raw = binding.reads.map((expr) => evaluate(expr, rowOf(row), scope()));
      const value = binding.decode(raw, (code, rawValue) => {
        issues.push(code);
        rawValues.push(rawValue);
      });
      return { value, issues, rawValues };
    },
    compute(row) {
      if (binding.expr === undefined) throw new Error(`expected an expression, got none: ${binding.reason}`);
      return decodeWire(scalar)(evaluate(binding.expr, rowOf(row), scope()));
    },
    filter(op, values, row) {
      const { expr, encode } = binding;
      if (expr === undefined) throw new Error(`expected an expression, got none: ${binding.reason}`);
      const literals = values.map((value) => ({ kind: 'literal', value: encode(value), type: constantType(typeOfExpr(expr)) }) as const);
      const predicate: Predicate =
        op === 'in' ? { kind: 'in', value: expr, values: literals, negated: false } : { kind: 'compare', op, left: expr, right: literals[0]! };
      return meets(predicate, row);
    },
    raw: (op, values) => binding.sargable?.(op, values),
  };
}

/** Constants have no padding that could be taken from them. */
const constantType = (type: PhysicalType): PhysicalType => (type.kind === 'text' ? { kind: 'text' } : type);

export const meets = (predicate: Predicate, row: Readonly<Record<string, WireValue>>): boolean => holds(predicate, rowOf(row), scope());

const rowOf = (row: Readonly<Record<string, WireValue>>): MemoryRow => new Map(Object.entries(row));

function scope(): Scope {
  return {
    timeZone: TIME_ZONE,
    bindings: {},
    table: () => [],
    rowSets: new Map(),
    indexes: new Map(),
    lists: new Map(),
  };
}
