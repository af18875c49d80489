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
  for (const parameter of parameters) {
    const { from } = parameter;
    const write = keyWriter(execution, parameter.to);
    const values = from.kind === 'keys' ? await semiJoinKeys(execution, from, bindings, run) : [(from.kind === 'variable' ? execution.variables[from.variable] : from.value) as Canonical];
    if (parameter.list) lists[parameter.name] = [...new Set(values.flatMap(write))];
    else variables[parameter.name] = values.flatMap(write)[0] ?? null;
  }
  return bindings;
}

async function semiJoinKeys(execution: Execution, keys: KeySet, bindings: Bindings, run: Run): Promise<Canonical[]> {
  const max = execution.supergraph.limits.sourceRowsMax;
  const rows = await run(execution, keys.source, keys.request, bindings);
  if (rows.length > max) throw new HubError('JOIN_TOO_LARGE', `the filter finds more than ${max} keys in ${keys.source}; narrow it`, { source: keys.source });
  const read = keyReader(execution, keys.read);
  if (!keys.test) return [...new Set(rows.flatMap(read))];
  const pass = measureTest(keys.test);
  const found = new Map<Canonical, WireValue>();
  for (const row of rows) {
    const value = row[1] as WireValue;
    for (const key of read(row)) found.set(key, found.has(key) ? combineMeasures(keys.test, found.get(key) ?? null, value) : value);
  }
  return [...found].filter(([, value]) => pass(value)).map(([key]) => key);
}
