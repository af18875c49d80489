import type { Bindings, Request, Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { isVariableRef } from '../plan/plan-context.ts';
import type { HubQuery, KeySet, MeasureTest, Parameter } from '../plan/plan.ts';
import { combineMeasures, measureTest } from '../values/measure-test.ts';
import { keyReader, keyWriter } from './bind-keys.ts';
import type { Execution } from './execution.ts';

/** Values for the IR variables and lists that a request names; each is found once a run, when the first request asks for it. */
export interface Binder {
  /** @throws {HubError} JOIN_TOO_LARGE when a semi-join has more keys than the hub may hold; whatever a source says */
  bindingsOf(request: Request | HubQuery): Promise<Bindings> | Bindings;
  /** The same, some of its values given. */
  given(values: Bindings): Binder;
}

/** A semi-join whose keys are more than the hub may hold. */
export class TooManyKeys extends HubError {
  readonly keys: KeySet;

  constructor(keys: KeySet, max: number) {
    super('JOIN_TOO_LARGE', `the filter finds more than ${max} keys in ${keys.source}; narrow it`, { source: keys.source });
    this.keys = keys;
  }
}

/** Rows of a key set, those that the hub decides about included. */
export type RunKeys = (keys: KeySet) => Promise<Row[]>;

const NOTHING: Bindings = {};

/** Those that a plan holds itself, such as the values of a row rule, in the source's own form: a plan is run again and again. */
const constants = new WeakMap<Parameter, readonly WireValue[]>();

export function createBinder(execution: Execution, parameters: readonly Parameter[], runKeys: RunKeys): Binder {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const found = new Map<string, Found>();
  const find = ({ from, to, list, within }: Parameter): Found => {
    const write = keyWriter(execution, to);
    if (from.kind === 'keys') return semiJoinKeys(execution, from, write, runKeys).then((keys) => [...new Set(keys)]);
    const written = write((from.kind === 'variable' ? execution.variables[from.variable] : from.value) as Canonical);
    return list ? [...new Set(written)] : within ? written.filter((each) => within.includes(each)) : written;
  };
  const once = (parameter: Parameter): Found => {
    const { name, from, to } = parameter;
    const known = constants.get(parameter) ?? found.get(name);
    if (known) return known;
    const values = find(parameter);
    found.set(name, values);
    if (values instanceof Promise) values.catch(() => undefined); // another parameter may fail before anybody waits for this one
    // The crosswalk may come to know other keys.
    if (from.kind === 'value' && to.kind !== 'local' && !(values instanceof Promise)) constants.set(parameter, values);
    return values;
  };
  const bindingsOf = (request: Request | HubQuery, known?: Bindings): Promise<Bindings> | Bindings => {
    const names = parametersOf(request);
    if (names.length === 0) return known ?? NOTHING;
    const wanted = names.flatMap((name) => (known?.lists?.[name] ? [] : (byName.get(name) ?? [])));
    const values = wanted.map(once);
    if (values.every(isThere)) return bind(wanted, values, known);
    return Promise.all(wanted.map(async (parameter) => once(parameter))).then((come) => bind(wanted, come, known));
  };
  return {
    bindingsOf: (request) => bindingsOf(request),
    given(known) {
      const binder: Binder = { bindingsOf: (request) => bindingsOf(request, known), given: () => binder };
      return binder;
    },
  };
}

type Found = readonly WireValue[] | Promise<readonly WireValue[]>;

const isThere = (values: Found): values is readonly WireValue[] => !(values instanceof Promise);

function bind(wanted: readonly Parameter[], values: readonly (readonly WireValue[])[], known?: Bindings): Bindings {
  const variables: Record<string, WireValue> = { ...known?.variables };
  const lists: Record<string, readonly WireValue[]> = { ...known?.lists };
  wanted.forEach(({ name, list }, i) => {
    if (list) lists[name] = values[i] ?? [];
    else variables[name] = values[i]?.[0] ?? null;
  });
  return { variables, lists };
}

/** Operands with the operation's variables in their places. */
function boundOperands(ops: MeasureTest['ops'], variables: Execution['variables']): MeasureTest['ops'] {
  const bound = (value: unknown): unknown => (Array.isArray(value) ? value.map(bound) : isVariableRef(value) ? variables[value.variable] : value);
  return Object.fromEntries(Object.entries(ops).map(([op, value]) => [op, bound(value)]));
}

const named = new WeakMap<object, readonly string[]>();

/** Parameters that a request names. */
function parametersOf(request: object): readonly string[] {
  const known = named.get(request);
  if (known) return known;
  const names = [...new Set([...JSON.stringify(request).matchAll(/"(?:name|list)":"(p\d+)"/g)].map((match) => match[1] as string))];
  named.set(request, names);
  return names;
}

async function semiJoinKeys(execution: Execution, keys: KeySet, write: (value: Canonical) => readonly WireValue[], runKeys: RunKeys): Promise<WireValue[]> {
  const max = execution.supergraph.limits.sourceRowsMax;
  const rows = await runKeys(keys).catch((error: unknown) => {
    // Rows that the hub decides about are no keys yet.
    const isOwn = !keys.shape && error instanceof HubError && error.code === 'JOIN_TOO_LARGE' && !(error instanceof TooManyKeys);
    throw isOwn ? new TooManyKeys(keys, max) : error;
  });
  if (rows.length > max) throw new TooManyKeys(keys, max);
  return passingKeys(execution, keys, write, rows);
}

/** Keys here whose related rows there meet the filter. One key may stand for several there, and several rows there for one: they are measured together. */
export function passingKeys(execution: Execution, keys: KeySet, write: (value: Canonical) => readonly WireValue[], rows: readonly Row[]): WireValue[] {
  const read = keyReader(execution, keys.read);
  const { test } = keys;
  if (!test) return [...new Set(rows.flatMap(read))].flatMap(write);
  const grouped = new Map<WireValue, Row[]>();
  for (const row of rows) {
    for (const key of new Set(read(row).flatMap(write))) {
      const measured = grouped.get(key);
      if (measured) measured.push(row);
      else grouped.set(key, [row]);
    }
  }
  const pass = measureTest({ ...test, ops: boundOperands(test.ops, execution.variables) });
  return [...grouped].filter(([, measured]) => pass(combineMeasures(test, measured as WireValue[][]))).map(([key]) => key);
}
