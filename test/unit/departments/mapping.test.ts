import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMysqlConnector } from '../../../connectors/mysql/connector.ts';
import { createPostgresConnector } from '../../../connectors/postgres/connector.ts';
import type { Connector, SourceConfig } from '../../../connectors/spi/connector.ts';
import type { Expr, Row, RowSet } from '../../../connectors/spi/ir.ts';
import { createSqliteConnector } from '../../../connectors/sqlite/connector.ts';
import { bindMapping, type BoundMapping } from '../../../federation/supergraph/bind-mapping.ts';
import type { TypeBinding } from '../../../federation/supergraph/binding.ts';
import { readRelease } from '../../../federation/supergraph/read-release.ts';
import { decodeWire } from '../../../federation/values/decode-wire.ts';
import type { Canonical } from '../../../schema/model/canonical.ts';
import { parseConfiguration } from '../../../schema/parse/configuration.ts';
import { departments, loadDemoData, type DepartmentName } from '../../../scripts/demo-data/index.ts';
import { createDatabase, type TestDatabase } from '../../helpers/services.ts';

const NAMES = Object.keys(departments) as DepartmentName[];
const SIZE = 60;
const CALL = { timeoutMs: 30_000, maxRows: 100_000 };

/** A department's bound mapping with the source it is bound to. */
interface Department extends BoundMapping {
  readonly connector: Connector;
}

const engines: Readonly<Record<string, () => Promise<{ readonly config: (name: DepartmentName) => Connector; readonly close: () => Promise<void> }>>> = {
  sqlite: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'departments-'));
    await loadDemoData({ engine: 'sqlite', dir }, { size: SIZE });
    return {
      config: (name) => createSqliteConnector(configOf(name, 'sqlite', join(dir, `${name}.sqlite`))),
      close: async () => rmSync(dir, { recursive: true }),
    };
  },
  postgres: async () => {
    const database: TestDatabase = await createDatabase('postgres', 'departments');
    await loadDemoData({ engine: 'postgres', url: database.url }, { size: SIZE });
    return {
      config: (name) => createPostgresConnector({ ...configOf(name, 'postgres', database.url), schemas: [departments[name].schema] }),
      close: () => database.drop(),
    };
  },
  mariadb: async () => {
    const database: TestDatabase = await createDatabase('mariadb', 'departments');
    await loadDemoData({ engine: 'mariadb', url: database.url }, { size: SIZE });
    return { config: (name) => createMysqlConnector(configOf(name, 'mysql', database.url)), close: () => database.drop() };
  },
};

function configOf(name: string, kind: string, url: string): SourceConfig {
  return { source: name, department: name, kind, url, pool: { max: 2, queue: 32, acquireMs: 5_000, connectMs: 5_000 }, timeZone: 'Asia/Shanghai' };
}

async function read(connector: Connector, rows: RowSet, columns: readonly Expr[], key: readonly Expr[]): Promise<Row[]> {
  const orderBy = key.map((value) => ({ value, direction: 'asc', nulls: 'first' }) as const);
  return connector.prepare({ kind: 'rows', query: { rows, columns, orderBy, children: [] } }).run({}, { ...CALL, signal: AbortSignal.timeout(CALL.timeoutMs) });
}

interface Read {
  readonly records: Record<string, Canonical>[];
  readonly issues: string[];
}

/** Every row of a type as the hub would decode it. */
async function decodeAll(connector: Connector, type: TypeBinding): Promise<Read> {
  const fields = [...type.fields.values()].filter((field) => field.crosswalk === undefined);
  const rows = await read(
    connector,
    type.rows,
    fields.flatMap((field) => field.reads),
    type.key,
  );
  const issues: string[] = [];
  const records = rows.map((row) => {
    let at = 0;
    return Object.fromEntries(
      fields.map((field) => {
        const raw = row.slice(at, (at += field.reads.length)) as (string | number | boolean | null)[];
        return [field.path, field.decode(raw, (code, value) => issues.push(`${field.path} ${code} ${value}`))];
      }),
    );
  });
  return { records, issues: issues.sort() };
}

/** The same, computed by the source. */
async function computeAll(connector: Connector, type: TypeBinding): Promise<Record<string, Canonical>[]> {
  const fields = [...type.fields.values()].filter((field) => field.crosswalk === undefined);
  const rows = await read(
    connector,
    type.rows,
    fields.map((field) => field.expr!),
    type.key,
  );
  return rows.map((row) =>
    Object.fromEntries(fields.map((field, index) => [field.path, decodeWire(field.scalar)(row[index] as string | number | boolean | null)])),
  );
}

const first = new Map<string, Read>();

describe.each(Object.keys(engines))('the departments’ mappings on %s', (engine) => {
  const bound = new Map<DepartmentName, Department>();
  let close: () => Promise<void>;
  beforeAll(async () => {
    const file = resolve('departments/hub.yaml');
    const { configuration } = parseConfiguration(readFileSync(file, 'utf8'), file, {});
    const { model, mappings, normalizers } = (await readRelease(configuration!)).release!;
    const source = await engines[engine]!();
    close = source.close;
    for (const name of NAMES) {
      const connector = source.config(name);
      const catalog = await connector.introspect({ signal: AbortSignal.timeout(CALL.timeoutMs), timeoutMs: CALL.timeoutMs });
      const mapping = mappings.find((each) => each.source === name)!;
      bound.set(name, { connector, ...bindMapping({ mapping, catalog, model, normalizers, department: name, timeZone: 'Asia/Shanghai' }) });
    }
  });
  afterAll(async () => {
    for (const { connector } of bound.values()) await connector.close();
    await close();
  });
  const decoded = async (name: DepartmentName, type: string): Promise<Read> => {
    const { connector, types } = bound.get(name)!;
    return decodeAll(
      connector,
      types.find((each) => each.type === type)!,
    );
  };

  it('bind to the tables without a problem', () => {
    for (const name of NAMES) expect({ name, problems: bound.get(name)!.problems }).toEqual({ name, problems: [] });
  });

  it('let the source compute every field just as the hub decodes it', async () => {
    for (const [name, { connector, types }] of bound) {
      for (const type of types)
        expect({ name, type: type.type, rows: await computeAll(connector, type) }).toEqual({
          name,
          type: type.type,
          rows: (await decodeAll(connector, type)).records,
        });
    }
  }, 120_000);

  it('read the same values and the same faults as on every other engine', async () => {
    for (const [name, { connector, types }] of bound) {
      for (const type of types) {
        const all = await decodeAll(connector, type);
        expect({ name, type: type.type, all }).toEqual({ name, type: type.type, all: first.get(`${name}.${type.type}`) ?? all });
        first.set(`${name}.${type.type}`, all);
      }
    }
  });

  it('take the newest version of a project before they ask whether it is deleted or what stage it is in', async () => {
    const { records } = await decoded('development', 'Project');
    expect(records.filter(({ code }) => code === '2301-320500-04-01-123456')).toMatchObject([
      { stage: 'ACCEPTANCE', approvedInvestment: '396505000', 'location.lng': 120.5853, 'location.datum': 'WGS84', isKey: true },
    ]);
    expect(records.filter(({ name }) => name === '某涉密项目占位')).toEqual([]);
    expect(records.find(({ code }) => code === '2205-320508-04-01-654399')).toMatchObject({ ownerCode: 'org:name:姑苏区教育局', ownerName: '姑苏区教育局' });
  });

  it('bring 万元, 元 and 分 to 元, and leave out what was voided', async () => {
    const appropriations = (await decoded('finance', 'Appropriation')).records;
    expect(appropriations.slice(0, 3).map(({ amount }) => amount)).toEqual(['200000000', '116505000', '60000000']);
    expect(appropriations.find(({ appropriationId }) => appropriationId === '4')).toBeUndefined();
    const payments = (await decoded('finance', 'Payment')).records;
    expect(payments.find(({ voucherNo }) => voucherNo === 'ZF2023000779')).toBeUndefined();
    expect(payments.find(({ voucherNo }) => voucherNo === 'ZF2023000778')).toMatchObject({
      amount: '-1000000',
      paidOn: '2023-11-20',
      status: 'PAID',
      fiscalYear: 2023,
      methodLabel: '财政直接支付',
    });
    expect((await decoded('housing', 'Contract')).records.find(({ contractNo }) => contractNo === 'GSJY-2022-11')).toMatchObject({
      amount: '118000000',
      kind: 'CONSTRUCTION',
      signedOn: '2022-08-20',
    });
  });

  it('read what auditors typed, and name what cannot be read', async () => {
    const { records, issues } = await decoded('audit', 'AuditFinding');
    expect(records.slice(0, 3)).toMatchObject([
      { amount: '1234500', dueOn: '2024-10-31', status: 'COMPLETED', transferred: false },
      { amount: '12000000', dueOn: '2024-01-31', status: 'IN_PROGRESS', kind: 'PHASED' },
      { amount: '56000000', dueOn: '2023-12-31', status: 'NOT_STARTED', transferred: true },
    ]);
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.filter((issue) => !/^(?:amount BAD_NUMBER|dueOn BAD_DATE|status UNKNOWN_CODE) ./.test(issue))).toEqual([]);
    expect((await decoded('finance', 'FinanceContract')).issues).toContain('signedOn BAD_DATE 00000000');
  });

  it('find coordinates in one text, its comma full-width, or else in the columns beside it', async () => {
    const { records } = await decoded('housing', 'Project');
    expect(records.find(({ housingNumber }) => housingNumber === '3205002303010201')).toMatchObject({
      'housingLocation.lng': 120.589477,
      'housingLocation.lat': 31.296815,
      'housingLocation.datum': 'GCJ02',
    });
    expect(records.find(({ housingNumber }) => housingNumber === '3205082208150101')).toMatchObject({
      'housingLocation.lng': 120.6213,
      'housingLocation.lat': 31.3089,
    });
    expect(records.find(({ housingNumber }) => housingNumber === '3205002303019999')).toBeUndefined();
  });

  it('make rows of a JSON list, of columns side by side and of a cell with several codes', async () => {
    const shares = (await decoded('development', 'FundShare')).records.filter(({ projectId }) => projectId === '1001');
    expect(shares).toMatchObject([
      { ordinal: 0, channel: 'GOVERNMENT_LOCAL', amount: '316505000' },
      { ordinal: 1, channel: 'BOND', amount: '80000000' },
    ]);
    const parties = (await decoded('housing', 'ContractParty')).records.filter(({ recordNo }) => recordNo === '3205082208150101-HZ-001');
    expect(parties.map(({ role, name }) => [role, name])).toEqual([
      ['CONTRACTOR', '某建设集团有限公司'],
      ['OWNER', '姑苏区教育局'],
    ]);
    const subjects = (await decoded('audit', 'AuditSubject')).records.filter(({ auditId }) => auditId === 2);
    expect(subjects.map(({ code }) => code)).toEqual(['2205-320508-04-01-654321', '2205-320508-04-01-654399']);
  });

  it('match the hand-made rows of every department to national codes', async () => {
    const keys: Record<string, unknown[]> = {};
    for (const [name, { connector, crosswalks }] of bound) {
      const { rows, local, reads, decode } = crosswalks.find(({ entity }) => entity === 'Project')!;
      const found = await read(connector, rows, [local, ...reads], []);
      keys[name] = found
        .map((row) => [String(row[0] as string), ...decode(row.slice(1) as (string | null)[], () => {})])
        .filter(([key]) => /^(?:100[1-5]|[12]|32050[08][0-9]{2}0{9,10}\d+|320500230301.*|320508220815.*)$/.test(String(key)));
    }
    expect(keys).toEqual({
      development: expect.arrayContaining([
        ['1001', '2301-320500-04-01-123456'],
        ['1002', '2205-320508-04-01-654321'],
        ['1003', '2018-320500-48-01-515465'],
        ['1004', '2205-320508-04-01-654399'],
      ]) as unknown,
      finance: expect.arrayContaining([
        ['320500230000000000017', '2301-320500-04-01-123456'],
        ['320508220000000000042'],
        ['320500180000000000003', '2018-320500-48-01-515465'],
      ]) as unknown,
      housing: expect.arrayContaining([
        ['3205002303010201', '2301-320500-04-01-123456'],
        ['3205082208150101', '2205-320508-04-01-654321'],
      ]) as unknown,
      audit: expect.arrayContaining([
        ['1', '2301-320500-04-01-123456'],
        ['2', '2205-320508-04-01-654321', '2205-320508-04-01-654399'],
      ]) as unknown,
    });
  });
});
