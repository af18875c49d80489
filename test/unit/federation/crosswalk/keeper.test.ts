import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, PreparedRequest } from '../../../../connectors/spi/connector.ts';
import { createCrosswalkKeeper, type CrosswalkKeeper, type CrosswalkKeeperOptions } from '../../../../federation/crosswalk/keeper.ts';
import { openStore } from '../../../../store/open-store.ts';
import type { Store } from '../../../../store/store.ts';
import { AUDIT, AUTHORITY, CANAL, createDepartments, FINANCE, HOUSING, LIGHTS, SCHOOL, TWIN, type Departments } from './fixture.ts';

const LIGHTS_FINANCE = '320500230000000000017';
const SCHOOL_FINANCE = '320508220000000000042';
const CANAL_FINANCE = '320500180000000000003';
const LIGHTS_HOUSING = '3205002303010201';
const SCHOOL_HOUSING = '3205082208150101';

let store: Store;
let departments: Departments;
let keeper: CrosswalkKeeper;
let now: Date;
const warnings: object[] = [];

const start = (more: Partial<CrosswalkKeeperOptions> = {}): Promise<CrosswalkKeeper> =>
  createCrosswalkKeeper({
    store,
    bindings: departments.bindings,
    connectorOf: departments.connectorOf,
    clock: () => now,
    refreshMs: 0,
    pollMs: 0,
    suggest: { suffixes: ['工程'] },
    log: { info: () => undefined, warn: (fields) => void warnings.push(fields) },
    ...more,
  });
const canonical = (source: string, local: string) => keeper.current().toCanonical('Project', source, local);
const housing = (rows: readonly Record<string, string | boolean | null>[]) => departments.set('housing', 'xref_prj', rows);

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  departments = createDepartments();
  now = new Date('2024-06-30T04:00:00Z');
  warnings.length = 0;
  keeper = await start();
});
afterEach(async () => {
  await keeper[Symbol.asyncDispose]();
  await store.close();
});

describe('a crosswalk', () => {
  it('resolves confirmed keys both ways, exact or normalised', async () => {
    await keeper.refresh();
    expect(canonical('finance', LIGHTS_FINANCE)).toEqual([LIGHTS]);
    expect(canonical('housing', LIGHTS_HOUSING)).toEqual([LIGHTS]);
    expect(keeper.current().toLocal('Project', 'finance', LIGHTS)).toEqual([LIGHTS_FINANCE]);
    expect(keeper.current().toLocal('Project', 'development', SCHOOL)).toEqual(['1002']);
    expect([...keeper.current().locals('Project', 'finance')]).toEqual([LIGHTS_FINANCE]);
  });

  it('suggests the project whose code a department mistyped, with the reason, and takes it over when an officer confirms', async () => {
    housing([{ PrjNum: 'x', tydm_raw: LIGHTS.replace('123456', '12345'), confirmed: true, valid_to: null, name: '别的名字' }]);
    await keeper.refresh();
    const { items } = await keeper.workList({ first: 10, source: 'housing' });
    expect(items).toMatchObject([
      { localKey: 'x', suggestions: [{ canonicalKey: LIGHTS, reason: 'evidence', compared: { canonicalKey: { value: LIGHTS } } }] },
    ]);
    await keeper.officer.confirm({ entity: 'Project', source: 'housing', localKey: 'x', canonicalKey: LIGHTS, by: '王' });
    expect(canonical('housing', 'x')).toEqual([LIGHTS]);
    await keeper.officer.undo('王');
    expect(canonical('housing', 'x')).toEqual([]);
  });

  it('lets one audit belong to each of its projects', async () => {
    await keeper.refresh();
    expect(canonical('audit', '1')).toEqual([SCHOOL, LIGHTS]);
    expect(keeper.current().toLocal('Project', 'audit', SCHOOL)).toEqual(['1']);
  });

  it('gives all local keys of an entity, ascending', async () => {
    housing([
      { PrjNum: 'b', tydm_raw: LIGHTS, confirmed: true },
      { PrjNum: 'a', tydm_raw: LIGHTS, confirmed: true },
    ]);
    await keeper.refresh();
    expect(keeper.current().toLocal('Project', 'housing', LIGHTS)).toEqual(['a', 'b']);
  });

  it('never takes a row without a national code for a project', async () => {
    await keeper.refresh();
    expect(canonical('development', '1004')).toEqual([]);
    expect([...keeper.current().locals('Project', 'development')]).toEqual(['1001', '1002', '1003']);
    expect(keeper.current().unresolved('Project', 'development')).toEqual([]);
  });

  it('leaves an unconfirmed match unresolved and shows it beside its entity', async () => {
    await keeper.refresh();
    expect(canonical('housing', SCHOOL_HOUSING)).toEqual([]);
    const keys = keeper.current().openKeys('Project', SCHOOL);
    expect(keys.map(({ source, localKey, evidence }) => [source, localKey, evidence.reason])).toEqual([
      ['finance', SCHOOL_FINANCE, 'evidence'],
      ['housing', SCHOOL_HOUSING, 'unconfirmed'],
    ]);
    expect(keys[0]?.evidence).toMatchObject({
      raw: null,
      fields: { name: '姑苏区第三中学（改扩建）' },
      compared: { owner: { value: '姑苏区教育局', score: 1 } },
    });
  });

  it('leaves a match unresolved the day after its validity ends, in the hub’s time zone', async () => {
    housing([{ PrjNum: 'x', tydm_raw: LIGHTS, confirmed: true, valid_to: '2024-06-30' }]);
    now = new Date('2024-06-30T15:59:59Z');
    await keeper.refresh();
    expect(canonical('housing', 'x')).toEqual([LIGHTS]);
    now = new Date('2024-06-30T16:00:00Z'); // 2024-07-01 00:00 in Shanghai
    await keeper.refresh();
    expect(canonical('housing', 'x')).toEqual([]);
    expect(keeper.current().openKeys('Project', LIGHTS)).toMatchObject([{ source: 'housing', localKey: 'x', evidence: { reason: 'expired' } }]);
  });

  it('counts the same number confirmed in two spellings once', async () => {
    housing([
      { PrjNum: 'x', tydm_raw: LIGHTS, confirmed: true },
      { PrjNum: 'x', tydm_raw: '2301 3205 0004 0112 3456', confirmed: true },
    ]);
    await keeper.refresh();
    expect(canonical('housing', 'x')).toEqual([LIGHTS]);
    expect(keeper.current().toLocal('Project', 'housing', LIGHTS)).toEqual(['x']);
  });

  it('ignores a second, unconfirmed candidate of a resolved key', async () => {
    housing([
      { PrjNum: 'x', tydm_raw: LIGHTS, confirmed: true },
      { PrjNum: 'x', tydm_raw: SCHOOL, confirmed: false },
    ]);
    await keeper.refresh();
    expect(canonical('housing', 'x')).toEqual([LIGHTS]);
    expect(
      keeper
        .current()
        .openKeys('Project', SCHOOL)
        .filter((key) => key.source === 'housing'),
    ).toEqual([]);
    expect(keeper.current().unresolved('Project', 'housing')).toEqual([]);
  });

  it('does not resolve to an entity that its authority does not have', async () => {
    await keeper.refresh();
    expect(canonical('finance', CANAL_FINANCE)).toEqual([]);
    expect(keeper.current().exists('Project', CANAL)).toBe(false);
    expect(keeper.current().toLocal('Project', 'finance', CANAL)).toEqual([]);
    departments.set('development', 'inv_project', [{ project_id: 1, project_code: CANAL, project_name: '运河治理一期' }]);
    await keeper.refresh('Project', 'development');
    expect(canonical('finance', CANAL_FINANCE)).toEqual([CANAL]);
    expect(canonical('finance', LIGHTS_FINANCE)).toEqual([]); // gone from the authority
  });

  it('is a snapshot: an operation keeps what it began with', async () => {
    await keeper.refresh();
    const before = keeper.current();
    departments.set('finance', 'xm_xxb', []);
    await keeper.refresh();
    expect(before.toCanonical('Project', 'finance', LIGHTS_FINANCE)).toEqual([LIGHTS]);
    expect(canonical('finance', LIGHTS_FINANCE)).toEqual([]);
  });
});

describe('the crosswalk’s keeper', () => {
  it('says that nothing has been read before the first scan, of the source or of the authority', async () => {
    departments.down('development', true);
    expect(keeper.current().state('Project', 'finance')).toBe('never-built');
    const results = await keeper.refresh();
    expect(results).toContainEqual(expect.objectContaining({ source: 'development', status: 'failed', code: 'SOURCE_UNAVAILABLE' }));
    expect(keeper.current().state('Project', 'finance')).toBe('never-built');
    departments.down('development', false);
    await keeper.refresh();
    expect(keeper.current().state('Project', 'finance')).toBe('ready');
    expect(canonical('finance', LIGHTS_FINANCE)).toEqual([LIGHTS]);
  });

  it('keeps the stored copy of a source that fails and refreshes the others', async () => {
    await keeper.refresh();
    departments.down('housing', true);
    departments.set('finance', 'xm_xxb', [{ xmdm: 'new', tydm: SCHOOL, xmmc: null, dwmc: null }]);
    await keeper.refresh();
    expect(canonical('housing', LIGHTS_HOUSING)).toEqual([LIGHTS]);
    expect(canonical('finance', 'new')).toEqual([SCHOOL]);
    expect(warnings).toMatchObject([{ source: 'housing', code: 'SOURCE_UNAVAILABLE' }]);
  });

  it('answers from the store after a restart while every source is down', async () => {
    await keeper.refresh();
    await keeper[Symbol.asyncDispose]();
    for (const source of ['development', 'finance', 'housing', 'audit']) departments.down(source, true);
    keeper = await start({ bindings: [] });
    expect(keeper.current().state('Project', 'finance')).toBe('ready');
    expect(canonical('finance', LIGHTS_FINANCE)).toEqual([LIGHTS]);
    expect(keeper.current().openKeys('Project', SCHOOL)).toHaveLength(2);
  });

  it('forgets a source that is no longer configured', async () => {
    await keeper.refresh();
    await keeper[Symbol.asyncDispose]();
    keeper = await start({ bindings: [AUTHORITY], connectorOf: (source) => (source === 'development' ? departments.connectorOf(source) : undefined) });
    expect(keeper.current().state('Project', 'finance')).toBe('never-built');
    expect(keeper.current().openKeys('Project', SCHOOL)).toEqual([]);
  });

  it('writes nothing and tells nobody when nothing changed', async () => {
    await keeper.refresh();
    let told = 0;
    const end = keeper.onChange(() => told++);
    const revision = await store.crosswalk.revision();
    const results = await keeper.refresh();
    expect(results.every((result) => result.status === 'done' && !result.changed)).toBe(true);
    expect(await store.crosswalk.revision()).toBe(revision);
    expect(told).toBe(0);
    departments.set('audit', 'sj_xm', []);
    await keeper.refresh('Project', 'audit');
    expect(told).toBe(1);
    end();
  });

  it('scans at once and again by itself, and sources bound later too', async () => {
    await keeper[Symbol.asyncDispose]();
    keeper = await start({ refreshMs: 20, bindings: [AUTHORITY, HOUSING, AUDIT] });
    await expect.poll(() => canonical('housing', LIGHTS_HOUSING)).toEqual([LIGHTS]);
    housing([]);
    await expect.poll(() => canonical('housing', LIGHTS_HOUSING)).toEqual([]);
    await keeper.rebind([AUTHORITY, HOUSING, AUDIT, FINANCE]);
    await expect.poll(() => canonical('finance', LIGHTS_FINANCE)).toEqual([LIGHTS]);
  });

  it('sees what another instance changed', async () => {
    const other = await start({ pollMs: 10 });
    await keeper.refresh();
    await expect.poll(() => other.current().toCanonical('Project', 'finance', LIGHTS_FINANCE)).toEqual([LIGHTS]);
    await keeper.officer.confirm({ entity: 'Project', source: 'finance', localKey: SCHOOL_FINANCE, canonicalKey: SCHOOL, by: '王' });
    await expect.poll(() => other.current().toCanonical('Project', 'finance', SCHOOL_FINANCE)).toEqual([SCHOOL]);
    await other[Symbol.asyncDispose]();
  });

  it('closes in the middle of a scan and refuses another', async () => {
    const running = keeper.refresh();
    await keeper[Symbol.asyncDispose]();
    await running.catch(() => undefined);
    await expect(keeper.refresh()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('closes at once while a source keeps it waiting', async () => {
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const stuck = (source: string): Connector | undefined => {
      const connector = departments.connectorOf(source);
      const run: PreparedRequest['run'] = (_bindings, { signal }) => {
        asked();
        if (signal.aborted) return Promise.reject(signal.reason as Error);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      };
      return connector && { ...connector, prepare: (request) => ({ ...connector.prepare(request), run }) };
    };
    const other = await start({ connectorOf: stuck, refreshMs: 60_000 });
    await isAsked;
    const started = performance.now();
    await other[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('a data officer', () => {
  const school = { entity: 'Project', source: 'finance', localKey: SCHOOL_FINANCE, canonicalKey: SCHOOL, by: '王' };
  beforeEach(() => keeper.refresh());

  it('confirms a match, which holds at once and survives scans', async () => {
    await keeper.officer.confirm(school);
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([SCHOOL]);
    expect(
      keeper
        .current()
        .openKeys('Project', SCHOOL)
        .map((key) => key.source),
    ).toEqual(['housing']);
    await keeper.refresh();
    await keeper.refresh();
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([SCHOOL]);
  });

  it('may write the key in any spelling, and confirm a local key that no table lists', async () => {
    await keeper.officer.confirm({ ...school, localKey: 'only in payments', canonicalKey: '２２０５－320508-04-01-654321' });
    expect(canonical('finance', 'only in payments')).toEqual([SCHOOL]);
  });

  it.each([
    [{ canonicalKey: 'nonsense' }, 'BAD_USER_INPUT', '"nonsense" is not a key of Project.'],
    [{ canonicalKey: CANAL }, 'BAD_USER_INPUT', `There is no Project "${CANAL}" in its authority.`],
    [{ source: 'development' }, 'BAD_USER_INPUT', '"development" is the authority of Project: its keys are not matched, they decide.'],
    [{ source: 'weather' }, 'BAD_USER_INPUT', 'There is no crosswalk of Project in "weather".'],
    [{ entity: 'Dog' }, 'BAD_USER_INPUT', 'There is no crosswalk of Dog in "finance".'],
    [{ localKey: '' }, 'BAD_USER_INPUT', 'A local key is needed.'],
    [{ by: ' ' }, 'BAD_USER_INPUT', 'A decision needs the name of the officer who takes it.'],
  ])('is told why %j cannot be confirmed', async (wrong, code, message) => {
    await expect(keeper.officer.confirm({ ...school, ...wrong })).rejects.toMatchObject({ code, message });
    expect(await keeper.officer.history({}, { first: 10 })).toEqual([]);
  });

  it('rejects what the source itself confirms', async () => {
    await keeper.officer.reject({ ...school, localKey: LIGHTS_FINANCE, canonicalKey: LIGHTS });
    await keeper.refresh();
    expect(canonical('finance', LIGHTS_FINANCE)).toEqual([]);
    expect(
      keeper
        .current()
        .unresolved('Project', 'finance')
        .map((key) => key.localKey),
    ).toContain(LIGHTS_FINANCE);
  });

  it('is not shown a rejected suggestion again, but the next best', async () => {
    await keeper.officer.reject({ ...school });
    await keeper.refresh();
    expect(
      keeper
        .current()
        .openKeys('Project', SCHOOL)
        .map((key) => key.source),
    ).toEqual(['housing']);
    const { items } = await keeper.workList({ source: 'finance', state: 'candidate', first: 10 });
    expect(items).toMatchObject([{ localKey: SCHOOL_FINANCE, rejected: [SCHOOL], suggestions: [{ canonicalKey: TWIN }] }]);
  });

  it('declares that a key stands for no entity, which takes it off the work list', async () => {
    await keeper.officer.reject({ ...school, localKey: CANAL_FINANCE, canonicalKey: null });
    await keeper.refresh();
    expect(
      keeper
        .current()
        .unresolved('Project', 'finance')
        .map((key) => key.localKey),
    ).toEqual([SCHOOL_FINANCE]);
    await keeper.officer.undo('王');
    expect(
      keeper
        .current()
        .unresolved('Project', 'finance')
        .map((key) => key.localKey),
    ).toEqual([CANAL_FINANCE, SCHOOL_FINANCE]);
  });

  it('cannot reject what is not there', async () => {
    await expect(keeper.officer.reject({ ...school, localKey: 'x' })).rejects.toMatchObject({ message: '"finance" has no key "x" of Project.' });
    await expect(keeper.officer.reject({ ...school, canonicalKey: CANAL })).rejects.toMatchObject({
      message: `Key "${SCHOOL_FINANCE}" of "finance" is not matched to "${CANAL}".`,
    });
  });

  it('undoes decisions one after the other, newest first', async () => {
    await keeper.officer.confirm(school);
    await keeper.officer.reject(school);
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([]);
    expect(await keeper.officer.undo('王')).toMatchObject([{ action: 'reject' }]);
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([SCHOOL]);
    expect(await keeper.officer.undo('王')).toMatchObject([{ action: 'confirm' }]);
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([]);
    expect(
      keeper
        .current()
        .openKeys('Project', SCHOOL)
        .map((key) => key.source),
    ).toEqual(['finance', 'housing']); // as before
    await expect(keeper.officer.undo('王')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: '王 has no decision to undo.' });
    const history = await keeper.officer.history({ localKey: SCHOOL_FINANCE }, { first: 10 });
    expect(history.map(({ action, by }) => [action, by])).toEqual([
      ['undo', '王'],
      ['undo', '王'],
      ['reject', '王'],
      ['confirm', '王'],
    ]);
  });

  it('cannot undo what another officer has decided on since', async () => {
    await keeper.officer.confirm(school);
    await keeper.officer.reject({ ...school, by: '李' });
    await expect(keeper.officer.undo('王')).rejects.toMatchObject({
      message: `李 has decided on key "${SCHOOL_FINANCE}" since; that decision must be undone first.`,
    });
    await keeper.officer.undo('李');
    await keeper.officer.undo('王');
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([]);
  });

  it('confirms many at once, all or none, and undoes them together', async () => {
    const pairs = [school, { ...school, source: 'housing', localKey: SCHOOL_HOUSING }];
    await expect(keeper.officer.bulkConfirm([...pairs, { ...school, canonicalKey: 'x' }], '王')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Nothing was confirmed; 1 of 3 pairs cannot be. 3: "x" is not a key of Project.',
    });
    expect(canonical('finance', SCHOOL_FINANCE)).toEqual([]);
    await keeper.officer.bulkConfirm(pairs, '王');
    expect([canonical('finance', SCHOOL_FINANCE), canonical('housing', SCHOOL_HOUSING)]).toEqual([[SCHOOL], [SCHOOL]]);
    expect(keeper.current().openKeys('Project', SCHOOL)).toEqual([]);
    expect(await keeper.officer.undo('王')).toHaveLength(2);
    expect([canonical('finance', SCHOOL_FINANCE), canonical('housing', SCHOOL_HOUSING)]).toEqual([[], []]);
  });

  it('cannot confirm before the authority has been read', async () => {
    await keeper[Symbol.asyncDispose]();
    await store.close();
    store = await openStore('sqlite::memory:');
    keeper = await start();
    await expect(keeper.officer.confirm(school)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('the work list', () => {
  beforeEach(() => keeper.refresh());

  it('lists every unresolved key with what is known about it', async () => {
    const { items, totalCount, hasNextPage } = await keeper.workList({ first: 10 });
    expect([totalCount, hasNextPage]).toEqual([3, false]);
    expect(items).toMatchObject([
      {
        entity: 'Project',
        source: 'finance',
        localKey: CANAL_FINANCE,
        state: 'unmatched',
        raw: CANAL,
        fields: { name: '运河治理一期', owner: '苏州市水务局' },
        suggestions: [],
        unknown: [CANAL],
      },
      {
        source: 'finance',
        localKey: SCHOOL_FINANCE,
        state: 'candidate',
        raw: null,
        suggestions: [
          { canonicalKey: SCHOOL, reason: 'evidence' },
          { canonicalKey: TWIN, reason: 'evidence' },
        ],
      },
      {
        source: 'housing',
        localKey: SCHOOL_HOUSING,
        state: 'candidate',
        raw: '2205－320508－04－01－654321 ',
        suggestions: [{ canonicalKey: SCHOOL, reason: 'unconfirmed' }],
      },
    ]);
    expect(items[2]?.suggestions[0]?.score).toBeGreaterThan(0);
  });

  it('pages and filters', async () => {
    const page = await keeper.workList({ first: 1 });
    expect(page).toMatchObject({ items: [{ localKey: CANAL_FINANCE }], totalCount: 3, hasNextPage: true });
    const rest = await keeper.workList({ first: 5, ...(page.endCursor === null ? {} : { after: page.endCursor }) });
    expect(rest.items.map((item) => item.localKey)).toEqual([SCHOOL_FINANCE, SCHOOL_HOUSING]);
    expect((await keeper.workList({ first: 5, state: 'unmatched' })).items.map((item) => item.localKey)).toEqual([CANAL_FINANCE]);
    expect((await keeper.workList({ first: 5, source: 'audit' })).items).toEqual([]);
    await expect(keeper.workList({ first: 5, after: 'x' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    await expect(keeper.workList({ first: 0 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('shows a cell of which one key does not exist, though the other resolves', async () => {
    departments.set('audit', 'sj_xm', [{ id: 7, code: `${LIGHTS}、${CANAL}`, name: null }]);
    await keeper.refresh();
    expect(canonical('audit', '7')).toEqual([LIGHTS]);
    expect((await keeper.workList({ source: 'audit', first: 5 })).items).toMatchObject([{ localKey: '7', unknown: [CANAL] }]);
  });
});
