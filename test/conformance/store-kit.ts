/** What every store engine promises. Adopt it with a function that makes an empty store and can open the same one again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertFilter, AlertRow } from '../../store/alert-table.ts';
import type { FoundPair } from '../../store/crosswalk-table.ts';
import type { Store } from '../../store/store.ts';

export interface StoreKitSubject {
  /** Opens the same store each time; `reset` makes it empty. */
  open(): Promise<Store>;
  reset(): Promise<void>;
}

export function describeStore(name: string, subject: StoreKitSubject): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      await subject.reset();
      store = await subject.open();
    });
    afterEach(() => store.close());

    const found = (localKey: string, canonicalKey: string | null, more: Partial<FoundPair> = {}): FoundPair => ({
      localKey,
      canonicalKey,
      matchedBy: canonicalKey === null ? null : 'exact',
      state: canonicalKey === null ? 'unmatched' : 'confirmed',
      validFrom: null,
      validTo: null,
      score: null,
      evidence: null,
      ...more,
    });
    const rows = async (entity = 'Project', source = 'finance') => (await Array.fromAsync(store.crosswalk.pages(entity, source, { evidence: 'all' }))).flat();
    const pair = (localKey: string, canonicalKey: string | null) => ({ entity: 'Project', source: 'finance', localKey, canonicalKey });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    it('closes twice without complaint and refuses calls afterwards', async () => {
      const other = await subject.open();
      await other.close();
      await other.close();
      await expect(other.settings.get('a')).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    });

    it('keeps what it was given when it is opened again', async () => {
      await store.settings.set('name', '易望 🏛');
      await store.close();
      store = await subject.open();
      expect(await store.settings.get('name')).toBe('易望 🏛');
    });

    it('remembers how far a consumer has got and what it knows to be lost, and moves neither back', async () => {
      const { consumers } = store;
      expect(await consumers.position('a', 'one')).toBeUndefined();
      await consumers.begin('a', 'one', { sequence: 5, gap: 3 });
      await consumers.begin('a', 'one', { sequence: 9, gap: 9 });
      expect(await consumers.position('a', 'one')).toEqual({ sequence: 5, gap: 3 });
      expect(await consumers.acknowledge('a', 'one', { sequence: 7, gap: 0 })).toEqual({ sequence: 7, gap: 3 });
      expect(await consumers.acknowledge('a', 'one', { sequence: 6, gap: 8 })).toEqual({ sequence: 7, gap: 8 });
      expect(await consumers.position('a', 'one')).toEqual({ sequence: 7, gap: 8 });
      expect(await consumers.acknowledge('b', 'one', { sequence: 1, gap: 0 })).toEqual({ sequence: 1, gap: 0 });
      expect(await consumers.count('a')).toBe(1);
    });

    it('gives every caller the one value that was made first', async () => {
      const second = await subject.open();
      const made = await Promise.all([store, second, store].map((one, index) => one.settings.getOrCreate('secret', () => `made by ${index}`)));
      await second.close();
      expect(new Set(made).size).toBe(1);
      expect(await store.settings.get('secret')).toBe(made[0]);
    });

    it('replaces and deletes a setting', async () => {
      await store.settings.set('a', '1');
      await store.settings.set('a', '2');
      expect(await store.settings.get('a')).toBe('2');
      await store.settings.delete('a');
      expect(await store.settings.get('a')).toBeUndefined();
    });

    it('keeps all of a transaction or nothing of it', async () => {
      const failing = store.transaction(async (tables) => {
        await tables.settings.set('a', '1');
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
      expect(await store.settings.get('a')).toBeUndefined();
      expect(await store.transaction(async (tables) => tables.settings.set('a', '1').then(() => 'done'))).toBe('done');
      expect(await store.settings.get('a')).toBe('1');
    });

    it('hides an unfinished transaction from everybody else', async () => {
      const { promise: written, resolve: tell } = Promise.withResolvers<void>();
      const transaction = store.transaction(async (tables) => {
        await tables.settings.set('a', '1');
        tell();
        await new Promise((resolve) => setTimeout(resolve, 30));
        throw new Error('stop');
      });
      const outcome = transaction.then(
        () => 'kept',
        (error: Error) => error.message,
      );
      await written;
      expect(await store.settings.get('a')).toBeUndefined();
      expect(await outcome).toBe('stop');
    });

    it('survives a statement that fails', async () => {
      await expect(
        store.transaction((tables) => tables.crosswalk.saveFound('P', 's', [found('1', 'c', { state: 'wrong' as 'confirmed' })])),
      ).rejects.toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'The hub’s own store failed.',
      });
      await store.settings.set('a', '1');
      expect(await store.settings.get('a')).toBe('1');
    });

    it('loses no increment of many at once', async () => {
      const revisions = await Promise.all(Array.from({ length: 20 }, () => store.crosswalk.touch('Project', 'finance')));
      expect(new Set(revisions.map(({ revision }) => revision)).size).toBe(20);
      expect(await store.crosswalk.revision()).toBe(20);
    });

    it('keeps crosswalk rows apart by entity and source and gives them back whole', async () => {
      const evidence = { raw: ' 2301－', fields: { name: '照明' }, compared: { name: { value: '照明工程', score: 0.5 } } };
      await store.crosswalk.saveFound('Project', 'finance', [
        found('1', 'A', { matchedBy: 'normalised', state: 'candidate', validFrom: '2023-01-01', validTo: '2024-12-31', score: 0.75, evidence }),
      ]);
      await store.crosswalk.saveFound('Project', 'audit', [found('1', 'B')]);
      await store.crosswalk.saveFound('Company', 'finance', [found('1', 'C')]);
      expect(await rows()).toEqual([
        {
          ...pair('1', 'A'),
          found: { matchedBy: 'normalised', state: 'candidate', validFrom: '2023-01-01', validTo: '2024-12-31', score: 0.75, evidence },
          decision: null,
        },
      ]);
      const [light] = (await Array.fromAsync(store.crosswalk.pages('Project', 'finance', { evidence: 'open' }))).flat();
      expect(light?.found).toMatchObject({ score: 0.75, evidence });
      await store.crosswalk.saveFound('Project', 'finance', [found('1', 'A', { evidence })]);
      const [settled] = (await Array.fromAsync(store.crosswalk.pages('Project', 'finance', { evidence: 'open' }))).flat();
      expect(settled?.found).toMatchObject({ state: 'confirmed', evidence: null });
    });

    it('lists tens of thousands of rows once each, by code point', async () => {
      const keys = Array.from({ length: 12_345 }, (_, index) => `k${index}`).concat('a b', 'a', 'B', '中', '🏛', '\uffee');
      await store.crosswalk.saveFound(
        'Project',
        'finance',
        keys.map((key) => found(key, 'A')),
      );
      const listed = (await rows()).map((row) => row.localKey);
      expect(listed).toEqual(keys.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));
      const asked = keys.slice(0, 3000);
      expect((await store.crosswalk.ofLocals('Project', 'finance', asked)).length).toBe(3000);
    });

    it('keeps an officer’s decision while scans come and go', async () => {
      const decision = { state: 'confirmed', by: '王', at: '2024-06-30T00:00:00Z' } as const;
      await store.crosswalk.decide(pair('1', 'A'), decision);
      expect(await store.crosswalk.get(pair('1', 'A'))).toEqual({ ...pair('1', 'A'), found: null, decision });
      await store.crosswalk.saveFound('Project', 'finance', [found('1', 'A'), found('2', null)]);
      expect(await store.crosswalk.get(pair('1', 'A'))).toMatchObject({ found: { state: 'confirmed' }, decision });
      await store.crosswalk.removeFound('Project', 'finance', [pair('1', 'A'), pair('2', null)]);
      expect(await rows()).toEqual([{ ...pair('1', 'A'), found: null, decision }]);
      await store.crosswalk.decide(pair('1', 'A'), null);
      expect(await rows()).toEqual([]);
    });

    it('knows which sources have been scanned', async () => {
      expect(await store.crosswalk.scans()).toEqual([]);
      const scan = { entity: 'Project', source: 'finance', authority: true, scannedAt: '2024-06-30T00:00:00Z', rowCount: 3 };
      await store.crosswalk.markScanned({ ...scan, rowCount: 1 });
      await store.crosswalk.markScanned(scan);
      expect(await store.crosswalk.scans()).toEqual([{ ...scan, revision: 0 }]);
      expect((await store.crosswalk.touch('Project', 'finance')).before).toBe(0);
      const { before, revision } = await store.crosswalk.touch('Project', 'finance');
      expect(before).toBe(revision - 1);
      await store.crosswalk.touch('Project', 'audit');
      expect(await store.crosswalk.scans()).toEqual([{ ...scan, revision }]);
    });

    it('logs decisions in order and finds the officer’s last batch that still stands', async () => {
      const entry = (batch: string, by: string, localKey: string, undoes?: number) => ({
        ...pair(localKey, 'A'),
        batch,
        by,
        at: '2024-06-30T00:00:00Z',
        before: null,
        after: null,
        ...(undoes === undefined ? { action: 'confirm' as const } : { action: 'undo' as const, undoes }),
      });
      await store.crosswalkLog.append([entry('b1', '王', '1'), entry('b2', '王', '2'), entry('b2', '王', '3')]);
      await store.crosswalkLog.append([entry('b3', '李', '4')]);
      const batch = await store.crosswalkLog.lastBatch('王');
      expect(batch.map((one) => one.localKey)).toEqual(['3', '2']);
      await store.crosswalkLog.append(batch.map((one) => entry('b4', '王', one.localKey, one.id)));
      expect((await store.crosswalkLog.lastBatch('王')).map((one) => one.localKey)).toEqual(['1']);
      expect(await store.crosswalkLog.lastOf(pair('2', 'A'))).toBeUndefined();
      expect(await store.crosswalkLog.lastOf(pair('4', 'A'))).toMatchObject({ by: '李', localKey: '4' });
      const newest = await store.crosswalkLog.history({ source: 'finance' }, { first: 2 });
      expect(newest.map((one) => [one.action, one.localKey])).toEqual([
        ['undo', '2'],
        ['undo', '3'],
      ]);
      const older = await store.crosswalkLog.history({}, { first: 10, before: newest[1]?.id ?? 0 });
      expect(older.map((one) => one.localKey)).toEqual(['4', '3', '2', '1']);
    });

    const release = (number: number, by = '王') =>
      ({ number, digest: `d${number}`, at: '2024-01-01T00:00:00.000Z', by, why: '试', origin: 'publish', restores: null, approvedBy: null }) as const;
    const file = (text: string) => ({ part: 'mappings', path: 'finance/mapping.yaml', text, digest: `digest of ${text}` });

    it('lets one of many win a release number, and keeps its files whole', async () => {
      const second = await subject.open();
      const append = (one: Store, by: string) => one.transaction((tables) => tables.releases.append(release(1, by), [file(by)]));
      const won = await Promise.all([append(store, '甲'), append(second, '乙'), append(store, '丙'), append(second, '丁')]);
      await second.close();
      expect(won.filter(Boolean)).toHaveLength(1);
      const live = await store.releases.live();
      expect(await store.releases.files(1)).toEqual([{ part: 'mappings', path: 'finance/mapping.yaml', text: live?.by }]);
    });

    it('keeps every release with its files, newest first', async () => {
      for (const number of [1, 2, 3]) await store.transaction((tables) => tables.releases.append(release(number), [file(number === 2 ? '二' : '一')]));
      expect((await store.releases.history(2)).map(({ number }) => number)).toEqual([3, 2]);
      expect((await store.releases.history(5, 2)).map(({ number }) => number)).toEqual([1]);
      expect([await store.releases.count(), await store.releases.get(4)]).toEqual([3, undefined]);
      expect((await store.releases.files(3))[0]?.text).toBe('一');
    });

    it('lets a draft take a step only from the revision that was seen', async () => {
      const draft = await store.drafts.create({ title: '试', department: null, base: 1, by: '王', createdAt: '2024-01-01T00:00:00.000Z' });
      expect(draft).toMatchObject({ revision: 1, state: 'open', editors: ['王'], approvedBy: null });
      const at = '2024-01-02T00:00:00.000Z';
      const steps = await Promise.all(['甲', '乙', '丙'].map((editor) => store.drafts.advance(draft.id, 1, { at, editor })));
      expect(steps.filter(Boolean)).toHaveLength(1);
      expect(await store.drafts.advance(draft.id, 2, { at, approvedBy: '赵' })).toBe(true);
      await store.drafts.putFile(draft.id, { part: 'checks', path: 'checks.yaml', text: null });
      await store.drafts.putFile(draft.id, { part: 'checks', path: 'checks.yaml', text: '# 一' });
      expect(await store.drafts.files(draft.id)).toEqual([{ part: 'checks', path: 'checks.yaml', text: '# 一' }]);
      expect(await store.drafts.advance(draft.id, 3, { at, state: 'published' })).toBe(true);
      expect(await store.drafts.advance(draft.id, 4, { at })).toBe(false);
      expect(await store.drafts.get(draft.id)).toMatchObject({ revision: 4, state: 'published', approvedBy: '赵', updatedAt: at });
      expect(await store.drafts.list('open', 10)).toEqual([]);
      await store.drafts.dropFile(draft.id, 'checks', 'checks.yaml');
      expect(await store.drafts.files(draft.id)).toEqual([]);
    });

    const alert = (id: string, ordinal: number, more: Partial<AlertRow> = {}): AlertRow => ({
      id,
      ordinal,
      rule: 'r',
      subjectType: 'Project',
      subject: `["${id}"]`,
      severity: 'WARNING',
      state: 'FIRING',
      since: '2024-01-01T00:00:00+08:00',
      firedAt: '2024-01-01T00:00:00+08:00',
      resolvedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
      note: null,
      body: '{}',
      ...more,
    });

    it('has one open alert for a rule and subject, and any number that are over', async () => {
      await store.alerts.add([alert('a', 1), alert('b', 2, { severity: 'CRITICAL', subject: '["a"]', state: 'RESOLVED' })]);
      await expect(store.alerts.add([alert('c', 3, { subject: '["a"]' })])).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      await store.alerts.update('a', { state: 'RESOLVED', resolvedAt: '2024-01-02T00:00:00+08:00' });
      await store.alerts.add([alert('c', 3, { subject: '["a"]' })]);
      expect((await store.alerts.open('r', ['["a"]', '["z"]'])).map(({ id }) => id)).toEqual(['c']);
      expect([await store.alerts.openRules(), (await store.alerts.open('other')).length]).toEqual([['r'], 0]);
    });

    it('lists alerts newest first, by what is asked of them', async () => {
      await store.alerts.add([alert('a', 1), alert('b', 2, { severity: 'CRITICAL' }), alert('c', 3, { acknowledgedAt: '2024-01-02T00:00:00+08:00' })]);
      const ids = async (filter: AlertFilter, before?: number) =>
        (await store.alerts.list(filter, { first: 2, ...(before === undefined ? {} : { before }) })).map(({ id }) => id);
      expect([await ids({}), await ids({}, 2)]).toEqual([['c', 'b'], ['a']]);
      expect([await ids({ severities: ['CRITICAL'] }), await ids({ acknowledged: true }), await ids({ rules: [] })]).toEqual([['b'], ['c'], []]);
      expect(
        await ids({
          subjects: [
            { type: 'Project', key: '["a"]' },
            { type: 'Payment', key: '["b"]' },
          ],
        }),
      ).toEqual(['a']);
      expect(await store.alerts.count({ acknowledged: false })).toBe(2);
    });

    it('numbers events without gaps, also when several append at once, and none of what is rolled back', async () => {
      const append = (alertId: string) =>
        store.transaction((tables) =>
          tables.alertEvents.append([
            { alert: alertId, at: 'x', body: '1' },
            { alert: alertId, at: 'x', body: '2' },
          ]),
        );
      await Promise.all(['a', 'b', 'c'].map(append));
      await store
        .transaction(async (tables) => {
          await tables.alertEvents.append([{ alert: 'd', at: 'x', body: '1' }]);
          throw new Error('no');
        })
        .catch(() => undefined);
      expect((await store.alertEvents.read(0, 10)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
      expect([(await store.alertEvents.read(4, 1)).map(({ sequence }) => sequence), await store.alertEvents.newest()]).toEqual([[5], 6]);
    });

    it('keeps the members of filters and their transitions in order, once, until they are forgotten', async () => {
      const { memberships } = store;
      const state = { since: 3, readAt: 5, isComplete: true, members: ['["a"]'] };
      const step = (position: number, ordinal: number, key: string) => ({ position, ordinal, key, entered: true, own: false, at: 'now' });
      await memberships.save('one', { ...state, readAt: 3, members: [], usedMs: 1 });
      await memberships.save('one', { ...state, usedMs: 10 });
      await memberships.save('two', { ...state, isComplete: false, usedMs: 20 });
      await memberships.note('one', [step(5, 2, 'b'), step(5, 1, 'c'), step(4, 9, 'd')]);
      await memberships.note('one', [step(5, 2, 'b'), { ...step(6, 1, 'e'), entered: false, own: true }]);
      expect([await memberships.load('one'), await memberships.load('two'), await memberships.load('three')]).toEqual([
        state,
        { ...state, isComplete: false },
        undefined,
      ]);
      const between = async (after: number, upTo: number) =>
        (await memberships.transitions('one', { position: after, ordinal: 1 }, { position: upTo, ordinal: 1 })).map(({ key }) => key);
      expect([await between(4, 5), await between(5, 6), await between(0, 4)]).toEqual([['d', 'c'], ['b', 'e'], []]);
      await memberships.forget({ oldest: 6, unusedSinceMs: 0, keep: 10 });
      expect(await between(0, 6)).toEqual(['c', 'b', 'e']);
      await memberships.forget({ oldest: 0, unusedSinceMs: 0, keep: 1 });
      expect([await memberships.load('one'), await between(0, 6), await memberships.load('two')]).toEqual([undefined, [], { ...state, isComplete: false }]);
    });

    it('forgets events of alerts up to a time, never the newest, and numbers go on', async () => {
      const event = (at: string) => ({ alert: 'a', at, body: '{}' });
      await store.transaction((tables) => tables.alertEvents.append(['2024-01-01', '2024-01-02', '2024-01-03'].map(event)));
      const left = async (): Promise<number[]> => (await store.alertEvents.read(0, 10)).map(({ sequence }) => sequence);
      await store.alertEvents.forget('2024-01-02');
      expect(await left()).toEqual([2, 3]);
      await store.alertEvents.forget('2025');
      expect(await left()).toEqual([3]);
      expect(await store.transaction((tables) => tables.alertEvents.append([event('2025')]))).toBe(4);
    });

    it('keeps the earliest time that a subject is due, and forgets only what nobody has planned anew', async () => {
      const due = (subject: string, dueMs: number) => ({ rule: 'r', subject, dueMs });
      await store.alertDues.put([due('a', 500), due('b', 100)]);
      await store.alertDues.put([due('a', 200)]);
      await store.alertDues.put([due('a', 900)]);
      expect(await store.alertDues.due(300, 10)).toEqual([due('b', 100), due('a', 200)]);
      expect(await store.alertDues.due(300, 10, ['r'])).toEqual([]);
      await store.alertDues.remove([due('a', 500), due('b', 100)]);
      expect(await store.alertDues.due(1_000, 10)).toEqual([due('a', 200)]);
      await store.alertDues.putRule({ rule: 'r', fingerprint: null, day: '2024-01-01', evaluatedMs: 1 });
      await store.alertDues.putRule({ rule: 'r', fingerprint: 'f', day: '2024-01-02', evaluatedMs: 2 });
      expect(await store.alertDues.rules()).toEqual([{ rule: 'r', fingerprint: 'f', day: '2024-01-02', evaluatedMs: 2 }]);
      await store.alertDues.removeRule('r');
      expect([await store.alertDues.rules(), await store.alertDues.due(1_000, 10)]).toEqual([[], []]);
    });

    it('keeps trusted documents by app and id, the first text of each, and counts every change', async () => {
      const row = (app: string, id: string, document = '{ a }') => ({ app, id, name: 'A', document, by: 'me', at: '2026-01-01T00:00:00Z' });
      await store.documents.add([row('b', '1'), row('a', '2'), row('a', '1')]);
      const revision = await store.documents.revision();
      await store.documents.add([row('a', '1', '{ b }')]);
      expect(await store.documents.list()).toEqual([row('a', '1'), row('a', '2'), row('b', '1')]);
      expect([await store.documents.remove('a', ['2', '3']), await store.documents.remove('b')]).toEqual([1, 1]);
      expect(await store.documents.list()).toEqual([row('a', '1')]);
      expect(await store.documents.revision()).toBe(revision + 3);
    });
  });
}
