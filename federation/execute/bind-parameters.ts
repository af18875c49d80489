import type { Bindings, Request, Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { KeySet, Parameter } from '../plan/plan.ts';
import { keyReader, keyWriter } from './bind-keys.ts';
import { combineMeasures, measureTest } from '../values/measure-test.ts';
import type { Execution } from './execution.ts';

export type Run = (execution: Execution, source: string, request: Request, bindings: Bindings) => Promise<Row[]>;

/**
 * Values of a plan's IR variables and lists. A parameter may use those before it: the keys of a nested semi-join are known before the outer one asks.
 * @throws {HubError} JOIN_TOO_LARGE when a semi-join has more keys than the hub may hold
 */
export async function bindParameters(execution: Execution, parameters: readonly Parameter[], run: Run): Promise<Bindings> {
  const variables: Record<string, WireValue> = {};
  const lists: Record<string, readonly WireValue[]> = {};
  const bindings = { variables, lists };
  const bind = async (parameter: Parameter): Promise<void> => {
    for (const name of dependenciesOf(parameter)) await bound.get(name);
    const { from } = parameter;
    const write = keyWriter(execution, parameter.to);
    const found =
      from.kind === 'keys'
        ? await semiJoinKeys(execution, from, write, bindings, run)
        : write((from.kind === 'variable' ? execution.variables[from.variable] : from.value) as Canonical);
    if (parameter.list) lists[parameter.name] = [...new Set(found)];
    else variables[parameter.name] = found[0] ?? null;
  };
  const bound = new Map<string, Promise<void>>();
  for (const parameter of parameters) bound.set(parameter.name, bind(parameter));
  await Promise.all(bound.values());
  return bindings;
}

const dependencies = new WeakMap<Parameter, readonly string[]>();

/** Earlier parameters that a semi-join's request names. */
function dependenciesOf(parameter: Parameter): readonly string[] {
  if (parameter.from.kind !== 'keys') return [];
  const known = dependencies.get(parameter);
  if (known) return known;
  const names = [...JSON.stringify(parameter.from.request).matchAll(/"(?:name|list)":"(p\d+)"/g)].map((match) => match[1] as string);
  dependencies.set(parameter, names);
  return names;
}

/** Keys here whose related rows there meet the filter. One key may stand for several there, and several rows there for one: they are measured together. */
async function semiJoinKeys(
  execution: Execution,
  keys: KeySet,
  write: (value: Canonical) => readonly WireValue[],
  bindings: Bindings,
  run: Run,
): Promise<WireValue[]> {
  const max = execution.supergraph.limits.sourceRowsMax;
  const rows = await run(execution, keys.source, keys.request, bindings);
  if (rows.length > max) throw new HubError('JOIN_TOO_LARGE', `the filter finds more than ${max} keys in ${keys.source}; narrow it`, { source: keys.source });
  const read = keyReader(execution, keys.read);
  const { test } = keys;
  if (!test) return [...new Set(rows.flatMap(read))].flatMap(write);
  const grouped = new Map<WireValue, WireValue[]>();
  for (const row of rows) {
    for (const key of new Set(read(row).flatMap(write))) {
      const measured = grouped.get(key);
      if (measured) measured.push(row[1] as WireValue);
      else grouped.set(key, [row[1] as WireValue]);
    }
  }
  const pass = measureTest(test);
  return [...grouped].filter(([, measured]) => pass(combineMeasures(test, measured))).map(([key]) => key);
}
