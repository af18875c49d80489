import type { Dependencies, RelationStep } from '../../../federation/dependencies/dependencies.ts';
import type { Supergraph } from '../../../federation/plan/supergraph.ts';
import type { WireValue } from '../../../schema/model/physical-type.ts';
import type { PastRow, PastTable, Placed, RowName } from './past-table.ts';

/** Rows that a rule reads of some subjects, and perhaps a few more: without it, each step would go over the rows of all of them. */
export interface Reach {
  /** In the order of their table. */
  rows(type: string, source: string): PastRow[];
}

interface ReachOptions {
  readonly supergraph: Supergraph;
  readonly dependencies: Dependencies;
  /** Of the subjects' keys, by key field. */
  readonly keys: readonly PastRow[];
  readonly table: (type: string, source: string) => PastTable;
  readonly nameOf: (type: string) => RowName;
}

/** What stands at one path: rows by source, and the names of their keys. */
interface Place {
  readonly rows: ReadonlyMap<string, ReadonlySet<Placed>>;
  readonly names: ReadonlySet<string>;
}

export function createReach({ supergraph, dependencies, keys, table, nameOf }: ReachOptions): Reach {
  const places = new Map<string, Place>();
  const sourcesOf = (type: string): readonly string[] => (supergraph.bindings.get(type) ?? []).map(({ source }) => source);
  const keyOf = (type: string): readonly string[] => supergraph.model.types.get(type)?.key ?? [];

  const placeOf = (path: readonly RelationStep[]): Place => {
    const text = path.map(({ relation }) => relation).join('.');
    const known = places.get(text) ?? walk(path);
    places.set(text, known);
    return known;
  };

  const walk = (path: readonly RelationStep[]): Place => {
    const step = path.at(-1);
    if (!step) return placeAt(dependencies.subject, keyOf(dependencies.subject), namesOf(dependencies.subject, keyOf(dependencies.subject), keys));
    const { fields, from, to, references } = step;
    const { rows } = placeOf(path.slice(0, -1));
    // Sources hold different parts of an entity, and some hold the same part: whatever one of them says may be what is read.
    const tuples = joined(
      [...rows.values()].flatMap((some) => [...some]),
      keyOf(from),
      fields,
    );
    return placeAt(
      to,
      references,
      namesOf(
        to,
        references,
        tuples.map((tuple) => Object.fromEntries(references.map((field, i) => [field, tuple[i] ?? null]))),
      ),
    );
  };

  const namesOf = (type: string, fields: readonly string[], rows: readonly PastRow[]): Set<string> =>
    new Set(rows.flatMap((row) => nameOf(type)(fields, row) ?? []));

  /** The rows with these values, and every other source's rows of the same entities. */
  const placeAt = (type: string, fields: readonly string[], found: ReadonlySet<string>): Place => {
    const key = keyOf(type);
    const rows = new Map(sourcesOf(type).map((source) => [source, new Set<Placed>()]));
    const collect = (by: readonly string[], names: ReadonlySet<string>): void => {
      for (const [source, some] of rows) for (const name of names) for (const placed of table(type, source).find(by, name)) some.add(placed);
    };
    collect(fields, found);
    if (fields.join(' ') === key.join(' ')) return { rows, names: found };
    const names = namesOf(
      type,
      key,
      [...rows.values()].flatMap((some) => [...some].map(({ row }) => row)),
    );
    if (rows.size > 1) collect(key, names);
    return { rows, names };
  };

  return {
    rows(type, source) {
      const reads = dependencies.reads.filter((read) => read.type === type);
      if (reads.length === 0) return [...table(type, source).entries()].map(([, { row }]) => row);
      const found = new Set(reads.flatMap(({ path }) => [...(placeOf(path).rows.get(source) ?? [])]));
      return [...found].toSorted((a, b) => a.place - b.place).map(({ row }) => row);
    },
  };
}

/** Values of fields of each entity; several where its sources differ. */
function joined(rows: readonly Placed[], key: readonly string[], fields: readonly string[]): (readonly WireValue[])[] {
  const entities = new Map<string, Set<WireValue>[]>();
  for (const { row } of rows) {
    const id = JSON.stringify(key.map((field) => row[field] ?? null));
    const values = entities.get(id) ?? fields.map(() => new Set<WireValue>());
    entities.set(id, values);
    fields.forEach((field, i) => values[i]?.add(row[field] ?? null));
  }
  return [...entities.values()].flatMap((values) =>
    values.reduce<(readonly WireValue[])[]>(
      (heads, some) => heads.flatMap((head) => [...some].filter((value) => value !== null).map((value) => [...head, value])),
      [[]],
    ),
  );
}
