import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Catalog, CatalogTable } from '../../schema/model/catalog.ts';
import { createMemoryConnector } from '../../connectors/memory/connector.ts';
import { neededCapabilities } from '../../connectors/spi/check-capabilities.ts';
import type { Capabilities, Connector } from '../../connectors/spi/connector.ts';
import type { Bindings, Expr, Request, Row } from '../../connectors/spi/ir.ts';
import type { PrintedRows } from '../../connectors/spi/printed.ts';
import { tablesOf, type Tables } from './builders.ts';
import { AGGREGATE_CASES } from './aggregate-cases.ts';
import { testBatches } from './batches-section.ts';
import type { Case } from './case.ts';
import { EXPRESSION_CASES } from './expression-cases.ts';
import { PREDICATE_CASES } from './predicate-cases.ts';
import { ROW_SET_CASES } from './row-set-cases.ts';
import { testChildren } from './children-section.ts';
import { FIXTURE_TIME_ZONE, fixtureCatalog, fixtureTables, TABLES } from './fixture.ts';
import { testInjection } from './injection-section.ts';
import { normalizeRows } from './normalize-rows.ts';
import { testRandomRequests } from './random-section.ts';

export interface Fixture {
  /** Opened on a database made by `ddl` and `inserts`, with `FIXTURE_TIME_ZONE`. */
  readonly connector: Connector;
  /** Closes the connector and drops the database. */
  close(): Promise<void>;
}

/** What the sections of the kit share; valid once their tests run. */
export interface Kit {
  /** The connector is the one that says what the others must answer. */
  readonly isMemory: boolean;
  readonly connector: () => Connector;
  readonly tables: () => Tables;
  /** Runs a request; rows are checked for wire form and normalised. */
  readonly run: (request: Request, bindings?: Bindings) => Promise<unknown[]>;
  /** What the memory connector answers. */
  readonly expected: (request: Request, bindings?: Bindings) => Promise<unknown[]>;
}

const CALL = { timeoutMs: 20_000, maxRows: 100_000 };

/** The promises of the connector interface, tested on one fixture. Every connector adopts it with a function that opens the fixture on its engine. */
export function testConnector(name: string, openFixture: () => Promise<Fixture>): void {
  describe(`connector ${name}`, () => {
    let fixture: Fixture;
    let catalog: Catalog;
    let tables: Tables;
    const memory = createMemoryConnector({ source: 'expected', catalog: fixtureCatalog(), tables: fixtureTables(), timeZone: FIXTURE_TIME_ZONE });

    beforeAll(async () => {
      fixture = await openFixture();
      catalog = await fixture.connector.introspect(call());
      tables = tablesOf(catalog);
    }, 60_000);
    afterAll(async () => fixture?.close());

    const answer = async (connector: Connector, request: Request, bindings: Bindings = {}): Promise<unknown[]> => {
      const prepared = connector.prepare(request);
      const rows = normalizeRows(request, await prepared.run(bindings, call()));
      if (prepared.printed) expect(normalizeRows(request, await readPrinted(prepared.printed, bindings))).toEqual(rows);
      return rows;
    };
    const kit: Kit = {
      isMemory: name === 'memory',
      connector: () => fixture.connector,
      tables: () => tables,
      run: (request, bindings) => answer(fixture.connector, request, bindings),
      expected: (request, bindings) => answer(memory, request, bindings),
    };

    const section = (title: string, cases: readonly Case[]): void => {
      describe(title, () => {
        it.each(cases.map((entry) => [entry.title, entry] as const))('%s', async (_title, entry) => {
          const request = entry.request(tables);
          expect(await kit.run(request, entry.bindings)).toEqual(entry.expected);
        });
      });
    };

    describe('introspection', () => {
      it.each(TABLES.map((table) => [table.name]))('finds columns, types and keys of %s', (tableName) => {
        const found = catalog.tables.find((table) => table.name === tableName);
        const wanted = fixtureCatalog().tables.find((table) => table.name === tableName);
        expect(found && essence(found)).toEqual(wanted && essence(wanted));
      });
      it.skipIf(name === 'memory')('tells views from tables', () => {
        const view = catalog.tables.find((table) => table.name === 'red_orders');
        expect(view).toMatchObject({ kind: 'view', primaryKey: [], columns: [{ name: 'id' }, { name: 'person_id' }, { name: 'amount' }] });
      });
      it('says that a healthy source is up', async () => {
        expect(await fixture.connector.health(call())).toMatchObject({ status: 'up' });
      });
    });

    describe('rows', () => {
      it.each(TABLES.map((table) => [table.name]))('reads every value of %s in wire form', async (tableName) => {
        const rows = tables.rows(tableName);
        const key = catalog.tables.find((table) => table.name === tableName)!.primaryKey;
        const request: Request = {
          kind: 'rows',
          query: {
            rows,
            columns: rows.columns.map((column) => tables.column(tableName, column.name)),
            orderBy: key.map((column) => ({ value: tables.column(tableName, column), direction: 'asc', nulls: 'first' })),
            children: [],
          },
        };
        expect(await kit.run(request)).toEqual(await kit.expected(request));
      });
    });
    section('predicates', PREDICATE_CASES);
    section('expressions', EXPRESSION_CASES);
    section('row sets', ROW_SET_CASES);
    section('aggregates, orders and paging', AGGREGATE_CASES);
    testChildren(kit);
    testBatches(kit);
    testInjection(kit);
    testRandomRequests(kit);

    describe('calls', () => {
      it('refuses what it does not declare', () => {
        const missing = [...allNeeds()].filter(([need]) => !declares(fixture.connector, need));
        for (const [, request] of missing)
          expect(() => fixture.connector.prepare(request)).toThrow(expect.objectContaining({ code: 'SOURCE_CAPABILITY_MISSING' }));
      });
      it('fails rather than cut a list short', async () => {
        const request = everyLine(tables);
        await expect(fixture.connector.prepare(request).run({}, { ...call(), maxRows: 59 })).rejects.toMatchObject({ code: 'JOIN_TOO_LARGE' });
        expect(await fixture.connector.prepare(request).run({}, { ...call(), maxRows: 60 })).toHaveLength(60);
      });
      it('prints no short list either, and goes on after a sink that fails', async () => {
        const { printed } = fixture.connector.prepare(everyLine(tables));
        if (!printed) return;
        let rows = 0;
        const count = { begin: () => void (rows = 0), row: () => void (rows += 1) };
        await expect(printed.run({}, { ...call(), maxRows: 59 }, count)).rejects.toMatchObject({ code: 'JOIN_TOO_LARGE' });
        const fault = new Error('the sink is full');
        const full = (): void => {
          throw fault;
        };
        await expect(printed.run({}, call(), { begin: count.begin, row: full })).rejects.toBe(fault);
        expect(await printed.run({}, { ...call(), maxRows: 60 }, count)).toBe(60);
        expect(rows).toBe(60);
      });
      it('says so when a table or a column is gone', async () => {
        const gone = (table: string, column: string): Request => ({
          kind: 'rows',
          query: {
            rows: { kind: 'table', table, columns: [{ name: column, type: { kind: 'text' } }] },
            columns: [{ kind: 'column', column, type: { kind: 'text' } }],
            orderBy: [],
            children: [],
          },
        });
        await expect(runCold(fixture.connector, gone('never_was', 'x'))).rejects.toMatchObject({ code: 'SOURCE_DRIFT' });
        await expect(runCold(fixture.connector, gone('people', 'never_was'))).rejects.toMatchObject({ code: 'SOURCE_DRIFT' });
      });
      it('gives up at once when the call is abandoned', async () => {
        const abandoned = fixture.connector.prepare(everyLine(tables)).run({}, { ...CALL, signal: AbortSignal.abort() });
        await expect(abandoned).rejects.toBeInstanceOf(Error);
      });
      it('answers many calls at once, each with its own bindings', async () => {
        const request: Request = {
          kind: 'rows',
          query: {
            rows: tables.rows('people'),
            columns: [tables.column('people', 'id')],
            where: {
              kind: 'compare',
              op: 'eq',
              left: tables.column('people', 'id'),
              right: { kind: 'variable', name: 'id', type: { kind: 'integer', bits: 32 } },
            },
            orderBy: [],
            children: [],
          },
        };
        const prepared = fixture.connector.prepare(request);
        const ids = Array.from({ length: 24 }, (_, index) => index + 1);
        expect(await Promise.all(ids.map((id) => prepared.run({ variables: { id } }, call())))).toEqual(ids.map((id) => [[id]]));
      });
    });

    // The memory connector answers within one turn of the event loop and so cannot be interrupted.
    describe.skipIf(name === 'memory')('deadlines', () => {
      it('ends a call at its deadline', async () => {
        const started = performance.now();
        await expect(fixture.connector.prepare(endless(tables)).run({}, { ...call(), timeoutMs: 500 })).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
        expect(performance.now() - started).toBeLessThan(5000);
      });
      it('ends a call that is abandoned half-way', async () => {
        const controller = new AbortController();
        const running = fixture.connector.prepare(endless(tables)).run({}, { ...CALL, signal: controller.signal });
        setTimeout(() => controller.abort(), 300);
        const started = performance.now();
        await expect(running).rejects.toBeInstanceOf(HubError);
        expect(performance.now() - started).toBeLessThan(5000);
      });
      it('serves on after calls were ended', async () => {
        expect(await fixture.connector.prepare(everyLine(tables)).run({}, call())).toHaveLength(60);
      });
    });

    describe('closing', () => {
      it('refuses new calls once closed, and may be closed twice', async () => {
        const prepared = fixture.connector.prepare(everyLine(tables));
        await Promise.all([fixture.connector.close(), fixture.connector.close()]);
        await expect(prepared.run({}, call())).rejects.toBeInstanceOf(HubError);
        expect(await fixture.connector.health(call())).toMatchObject({ status: 'down' });
      });
    });
  });
}

function call(): { signal: AbortSignal; timeoutMs: number; maxRows: number } {
  return { ...CALL, signal: new AbortController().signal };
}

/** Printed rows as the values that they stand for. */
async function readPrinted(printed: PrintedRows, bindings: Bindings): Promise<Row[]> {
  let rows: Row[] = [];
  const row = (bytes: Buffer, from: number): void => {
    let at = from;
    rows.push(
      printed.decode.map((read) => {
        const length = bytes.readInt32BE(at);
        const start = at + 4;
        at = start + Math.max(length, 0);
        if (length < 0) return null;
        const text = bytes.toString('utf8', start, at);
        return read ? read(text) : text;
      }),
    );
  };
  expect(await printed.run(bindings, call(), { begin: () => void (rows = []), row })).toBe(rows.length);
  return rows;
}

async function runCold(connector: Connector, request: Request): Promise<Row[]> {
  return connector.prepare(request).run({}, call());
}

function everyLine(tables: Tables): Request {
  return { kind: 'rows', query: { rows: tables.rows('lines'), columns: [tables.column('lines', 'id')], orderBy: [], children: [] } };
}

/** Counts the view `endless`, which no engine finishes within a day. */
function endless(tables: Tables): Request {
  const rows = tables.rows('endless');
  const id: Expr = { kind: 'column', column: 'id', type: rows.columns[0]!.type };
  return {
    kind: 'aggregate',
    query: { rows, measures: [{ fn: 'count' }], where: { kind: 'compare', op: 'ne', left: id, right: { kind: 'literal', value: 0, type: id.type } } },
  };
}

/** What the engines can agree on. */
function essence(table: CatalogTable): unknown {
  return {
    kind: table.kind,
    columns: table.columns.map(({ name, type, nullable }) => ({
      name,
      nullable,
      kind: type.kind,
      ...(type.kind === 'integer' ? { bits: type.bits } : {}),
      ...(type.kind === 'timestamp' ? { zoned: type.zoned } : {}),
      ...(type.kind === 'decimal' ? { scale: type.scale } : {}),
      ...(type.kind === 'text' ? { padded: type.padded ?? false } : {}),
    })),
    primaryKey: table.primaryKey,
    foreignKeys: table.foreignKeys.map(({ columns, table: target, references }) => ({ columns, table: target.name, references })),
    indexedColumns: [...new Set(table.indexedColumns)].sort(),
  };
}

function allNeeds(): Map<string, Request> {
  const people: Request = { kind: 'rows', query: { rows: { kind: 'table', table: 'people', columns: [] }, columns: [], orderBy: [], children: [] } };
  const text = { kind: 'literal', value: '', type: { kind: 'text' } } as const;
  const { rows } = people.query;
  const query = people.query;
  const requests: readonly Request[] = [
    { kind: 'batch', keys: [], children: [] },
    { kind: 'rows', query: { ...query, where: { kind: 'exists', on: [], rows, negated: false } } },
    { kind: 'aggregate', query: { rows, measures: [{ fn: 'count' }] } },
    { kind: 'aggregate', query: { rows, measures: [], by: [text] } },
    { kind: 'rows', query: { ...query, orderBy: [{ value: text, direction: 'asc', nulls: 'first' }] } },
    { kind: 'rows', query: { ...query, offset: 1 } },
    { kind: 'rows', query: { ...query, where: { kind: 'isNull', value: text, negated: false } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'union', branches: [], columns: [] } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'latest', rows, by: [], orderBy: [] } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'lookup', rows, table: rows, on: [], values: [], orderBy: [] } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'unpivot', rows, branches: [] } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'jsonRows', rows, value: text, path: [], element: 'e', ordinal: 'o' } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'splitRows', rows, value: text, separators: [','], part: 'p', ordinal: 'o' } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'extend', rows, values: [] } } },
    { kind: 'rows', query: { ...query, rows: { kind: 'grouped', rows, by: [], measures: [] } } },
  ];
  return new Map(requests.flatMap((request) => [...neededCapabilities(request)].map((need) => [need, request] as const)));
}

function declares(connector: Connector, need: string): boolean {
  const [name, part] = need.split('.') as [keyof Capabilities, string?];
  return (part === undefined ? connector.capabilities[name] : connector.capabilities.rowSets?.[part]) !== undefined;
}
