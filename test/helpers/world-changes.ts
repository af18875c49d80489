/** The same things happen in two worlds: what the principal sees becomes the same in both, what is hidden from them something of each world's own. */
import type { RowChange } from './demo-database.ts';
import { keyOf, keyText } from './demo-database.ts';
import { DEPARTMENTS } from './other-world.ts';
import type { Random } from './random-operation.ts';
import { departments, type Cell, type DepartmentName, type Row } from '../../scripts/demo-data/index.ts';
import type { Table } from '../../scripts/demo-data/table.ts';
import type { World, Worlds } from './worlds.ts';

/** A row in both worlds; of hidden rows that one world does not have, nothing is changed. */
interface Pair {
  one: Row;
  other: Row;
}

interface Captured {
  readonly department: DepartmentName;
  readonly table: Table;
  readonly pairs: Pair[];
}

const QUIET_MS = 400;
const SETTLED_MS = 20_000;

export interface WorldChanges {
  /** Some rows of one department change in both worlds; resolves when both hubs have them in their logs. @returns how many */
  happen(count: number): Promise<number>;
}

export function createWorldChanges({ one, other, view, made }: Worlds, random: Random): WorldChanges {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const read = new Set(
    [...view.supergraph.bindings.values()].flat().flatMap(({ source, tables }) => tables.map((name) => `${source} ${name.replace(/^.*\./, '')}`)),
  );
  const captured = DEPARTMENTS.flatMap((department) =>
    departments[department].tables.flatMap((table): Captured[] => {
      const rows = one.rows.get(department)?.get(table.name) ?? [];
      const others = new Map((other.rows.get(department)?.get(table.name) ?? []).map((row) => [keyText(table, row), row]));
      const pairs = rows.flatMap((row): Pair[] => {
        const its = others.get(keyText(table, row));
        return its ? [{ one: row, other: its }] : [];
      });
      return read.has(`${department} ${table.name}`) && keyOf(table).length > 0 && pairs.length > 1 ? [{ department, table, pairs }] : [];
    }),
  );
  let inserted = 0;

  const update = ({ department, table, pairs }: Captured): [RowChange, RowChange] | undefined => {
    const pair = pick(pairs);
    const fixed = new Set([...keyOf(table), ...(table.unique ?? []).flat().map((name) => table.columns.findIndex((column) => column.name === name))]);
    const free = table.columns
      .keys()
      .filter((at) => !fixed.has(at))
      .toArray();
    const next = { one: [...pair.one], other: [...pair.other] };
    const columns = [...new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(free)))].filter((at) => {
      // A hidden value need not come from the same row in both.
      const from = pick(pairs);
      const isHidden = made.columns.has(`${department}.${table.name}.${table.columns[at]?.name}`);
      const values: [Cell, Cell] = [from.one[at] ?? null, (isHidden ? pick(pairs) : from).other[at] ?? null];
      if (values[0] === pair.one[at] || values[1] === pair.other[at]) return false;
      [next.one[at], next.other[at]] = values;
      return true;
    });
    if (columns.length === 0) return undefined;
    Object.assign(pair, next);
    return [
      { op: 'update', table, row: next.one, columns },
      { op: 'update', table, row: next.other, columns },
    ];
  };
  const insert = ({ table, pairs }: Captured): [RowChange, RowChange] | undefined => {
    const at = keyOf(table).at(-1) as number;
    if (table.unique) return undefined;
    inserted++;
    const like = pick(pairs);
    const key =
      typeof like.one[at] === 'number'
        ? 900_000 + inserted
        : /^(big)?(int|serial)$/.test(table.columns[at]?.type ?? '')
          ? String(900_000 + inserted)
          : `T${inserted}`;
    const pair = { one: like.one.with(at, key), other: like.other.with(at, key) };
    pairs.push(pair);
    return [
      { op: 'insert', table, row: pair.one },
      { op: 'insert', table, row: pair.other },
    ];
  };
  const remove = ({ department, table, pairs }: Captured): [RowChange, RowChange] | undefined => {
    if (pairs.length < 3 || departments[department].tables.some(({ references }) => references?.table === table.name)) return undefined;
    const [pair] = pairs.splice(Math.floor(random() * pairs.length), 1) as [Pair];
    return [
      { op: 'delete', table, row: pair.one },
      { op: 'delete', table, row: pair.other },
    ];
  };
  const write = async (world: World, department: DepartmentName, changes: readonly RowChange[]): Promise<void> => {
    for (const change of changes) await world.databases.get(department)?.write(change);
  };
  return {
    async happen(count) {
      const department = pick(DEPARTMENTS);
      const of = captured.filter((each) => each.department === department);
      const changes = Array.from({ length: count }, () => {
        const kind = random();
        return (kind < 0.65 ? update : kind < 0.85 ? insert : remove)(pick(of));
      }).filter((change) => change !== undefined);
      await Promise.all([
        write(
          one,
          department,
          changes.map(([mine]) => mine),
        ),
        write(
          other,
          department,
          changes.map(([, its]) => its),
        ),
      ]);
      await settled(() => Promise.all([one.hub.changes.log.newest(), other.hub.changes.log.newest()]));
      return changes.length;
    },
  };
}

/** Resolves when two numbers are one for a while; or when they take too long, so that what differs is found by comparing. */
export async function settled(read: () => Promise<readonly [number, number]> | readonly [number, number], quietMs = QUIET_MS): Promise<void> {
  const start = performance.now();
  let [since, before] = [start, ''];
  while (performance.now() - start < SETTLED_MS) {
    const [a, b] = await read();
    if (`${a} ${b}` !== before) [since, before] = [performance.now(), `${a} ${b}`];
    if (a === b && performance.now() - since > quietMs) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
