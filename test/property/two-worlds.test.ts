/**
 * Two copies of the departments' databases differ in everything that somebody may not see: columns are dealt anew, masked middles changed, hidden rows
 * taken away. Whatever they ask and follow, the two answer byte for byte alike.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertCursor } from '../../resolvers/alert-fields.ts';
import type { Engines } from '../helpers/departments-hub.ts';
import { openEventStream, type EventStreamClient } from '../helpers/event-stream.ts';
import { send } from '../helpers/hub.ts';
import { nextPage, probes } from '../helpers/probes.ts';
import { collectValues, createRandom, listRoots, nodeType, randomOperation, randomSubscription, sampleQuery } from '../helpers/random-operation.ts';
import { BY_CHANGE } from '../../changes/subscriptions/sequence-cursor.ts';
import { createWorldChanges, settled } from '../helpers/world-changes.ts';
import { openWorlds, type World, type Worlds } from '../helpers/worlds.ts';

const SEED = Number(process.env['YIWANG_SEED'] ?? 1);
/** Operations for each of the pairs of worlds. */
const CASES = Number(process.env['YIWANG_CASES'] ?? 30);
const IS_LONG = process.env['YIWANG_CASES'] !== undefined;
/** One in so many operations is a subscription. */
const FOLLOWS_ONE_IN = 10;
const DEMO = { size: 60, seed: 5 };
const AT_ONCE = 6;
const STREAMS_AT_ONCE = 40;
/** Differences of one run that are shown. */
const SHOWN_MAX = 5;

const POLICIES: Readonly<Record<string, string>> = {
  finance: `department: finance
rules:
  - for: { departments: [housing] }
    types:
      Payment: { rows: { project: { district: { in: $region } } }, fields: { contractNo: { mask: BANK_ACCOUNT } } }
      FinanceContract: { fields: { contractNo: { mask: BANK_ACCOUNT } } }
  - for: { roles: [auditor] }
    types: { Payment: { others: visible, fields: { payeeAccount: masked, payeeName: { mask: NAME } } } }
`,
  development: `department: development
rules:
  - for: { departments: [housing], roles: [consumer] }
    types:
      Project: { rows: { district: { in: $region } } }
      Organization: { fields: { contactPhone: masked, legalRepresentative: { mask: NAME } } }
`,
  housing: `department: housing
rules:
  - for: { departments: [finance] }
    types:
      Contract: { fields: { contractNo: { mask: BANK_ACCOUNT }, contractorName: { mask: NAME } } }
`,
  audit: `department: audit
rules:
  - for: { departments: [housing, finance] }
    types: { AuditFinding: { rows: { dueOn: { isNull: false } }, fields: { transferred: absent } } }
`,
};

const PEOPLE = {
  clerk: { subject: 'clerk', department: 'housing', roles: ['consumer'], attributes: { region: ['320500', '320505'] }, seconds: 40_000 },
  officer: { subject: 'officer', department: 'finance', roles: ['officer'], seconds: 40_000 },
} as const;

const ENGINES = {
  SQLite: { development: 'sqlite', finance: 'sqlite', housing: 'sqlite', audit: 'sqlite' },
  servers: { development: 'postgres', finance: 'mariadb', housing: 'postgres', audit: 'mariadb' },
  'all engines': { development: 'postgres', finance: 'mariadb', housing: 'sqlite', audit: 'sqlite' },
  'servers exchanged': { development: 'mariadb', finance: 'postgres', housing: 'mariadb', audit: 'postgres' },
} as const satisfies Record<string, Engines>;

type Pairing = readonly [keyof typeof ENGINES, keyof typeof PEOPLE];
const ALL: readonly Pairing[] = (['SQLite', 'servers', 'servers exchanged'] as const).flatMap((engines): Pairing[] => [
  [engines, 'clerk'],
  [engines, 'officer'],
]);
/** `YIWANG_WORLDS=servers/clerk,SQLite/officer` runs only these. */
const chosen = process.env['YIWANG_WORLDS']?.split(',');
const SHORT: readonly Pairing[] = [['all engines', 'clerk']];
const PAIRINGS = chosen ? ALL.filter((pairing) => chosen.includes(pairing.join('/'))) : IS_LONG ? ALL : SHORT;

/** What an answer says of a busy moment. It is asked again: no answer may say it for good. */
const MOMENTARY = /"retryable":true|"ok":false/;
const ATTEMPTS = 20;

/** Without what no two requests share. */
const comparable = (text: string): string => text.replaceAll(/"requestId":"[^"]*"/g, '"_":0').replaceAll(/"(ms|latencyMs|retryAfterMs)":[\d.]+/g, '"_":0');

/** A connection that the hub closed just then. */
const closed = (error: unknown): string => `"retryable":true ${String(error)}`;

async function ask(world: World, body: unknown): Promise<string> {
  const { status, body: answer } = await send(`${world.address}/graphql`, body, world.headers);
  const alerts = answer.data?.alerts;
  // An alert says that a rule holds for a row, whatever the rule reads; who may not see all of that is told so.
  if (alerts) alerts.nodes = comparableAlerts(alerts.nodes);
  return comparable(JSON.stringify([status, answer]));
}

/** What came about by itself, as by a key that became known, stands where the hub was when it noticed: two hubs notice it at different moments. */
function comparableEvents({ hub }: World, texts: readonly string[]): string[] {
  const noticed = (text: string): boolean => {
    const [event] = Object.values((JSON.parse(text) as { readonly data?: Readonly<Record<string, { readonly cursor?: string }>> }).data ?? {});
    const [, , ordinal = 0] = event?.cursor === undefined ? [] : hub.federation.environment.cursors.decode('changes', event.cursor);
    return Number(ordinal) > 0 && Number(ordinal) <= BY_CHANGE;
  };
  const byThemselves = texts.filter(noticed).map((text) => comparable(text.replaceAll(/"cursor":"[^"]*"/g, '"cursor":""')));
  return [...texts.filter((text) => !noticed(text)).map(comparable), ...byThemselves.toSorted()];
}

const comparableAlerts = (alerts: readonly { readonly redacted: boolean }[]): string[] =>
  alerts
    .filter(({ redacted }) => !redacted)
    .map((alert) => JSON.stringify(alert))
    .toSorted();

describe.each(PAIRINGS)(`two worlds on %s that differ in what a %s may not see, ${CASES} operations, seed ${SEED}`, (engines, person) => {
  let worlds: Worlds;
  const differences: object[] = [];
  const values = new Map<string, unknown[]>();
  const kinds = { answers: 0, refusals: 0, pages: 0, probes: 0, live: 0, replays: 0, streamRefusals: 0, changes: 0, events: 0 };
  const start = performance.now();

  const report = (what: object): void => {
    const seconds = Math.round((performance.now() - start) / 1_000);
    if (IS_LONG) process.stdout.write(`${engines}, ${person}, seed ${SEED}, ${seconds} s: ${JSON.stringify(what)}\n`);
  };
  const compare = (what: unknown, one: unknown, other: unknown): void => {
    const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
    if (a === b) return;
    const at = Math.max(0, [...a].findIndex((character, i) => character !== b[i]) - 200);
    const difference = { what, at, one: a.slice(at, at + 400), other: b.slice(at, at + 400) };
    report(difference);
    if (differences.length < SHOWN_MAX) differences.push(difference);
  };

  beforeAll(async () => {
    worlds = await openWorlds({ engines: ENGINES[engines], person: PEOPLE[person], policies: POLICIES, ...DEMO, random: createRandom(SEED) });
    const { one, whole, made } = worlds;
    for (const root of listRoots(whole.schema)) {
      const { body } = await send(`${one.address}/graphql`, { query: sampleQuery(whole.schema, root) });
      collectValues(nodeType(whole.schema, root).name, body.data?.[root]?.nodes ?? [], values);
    }
    report({ columns: [...made.columns], masked: [...made.masked], rows: made.removed });
  }, 600_000);
  afterAll(async () => {
    await worlds?.[Symbol.asyncDispose]();
    worlds = undefined as never; // or all hubs of a long run stay in memory
  });

  it('differ in many columns and rows, and in a masked one that relations compare', () => {
    expect(worlds.made.columns.size + worlds.made.masked.size).toBeGreaterThan(10);
    const compared = ['finance.zf_zfpz_2024.htbh', 'housing.TBContractRecordManage.ContractNum'];
    expect(compared.filter((column) => worlds.made.masked.has(column))).toHaveLength(1);
  });

  it('answer alike', { timeout: 3_600_000 }, async () => {
    const { one, other, view, whole } = worlds;
    const both = async (body: unknown): Promise<string> => {
      let [a, b] = ['', ''];
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        [a, b] = await Promise.all([ask(one, body).catch(closed), ask(other, body).catch(closed)]);
        if (!MOMENTARY.test(`${a}${b}`)) break;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      if (MOMENTARY.test(`${a}${b}`)) compare({ body, isMomentary: true }, a, 'an answer for good');
      compare(body, a, b);
      return a;
    };
    const oneCase = async (number: number): Promise<void> => {
      const random = createRandom(SEED * 1_000_003 + number);
      const text = randomOperation(random() < 0.65 ? view.schema : whole.schema, values, random);
      const answer = await both(random() < 0.1 ? { query: text, extensions: { explain: true } } : { query: text });
      const page = nextPage(text, answer);
      if (page !== undefined && (await both(page)).includes('"data"')) kinds.pages++;
      kinds[answer.includes('"data"') ? 'answers' : 'refusals']++;
      for (const probe of probes(whole, values, random, answer)) {
        kinds.probes++;
        await both(probe);
      }
    };
    const cases = CASES - Math.floor(CASES / FOLLOWS_ONE_IN);
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < cases) await oneCase(next++);
      }),
    );
    report(kinds);
    expect(differences).toEqual([]);
    expect(kinds.answers).toBeGreaterThan(cases / 3);
    expect(kinds.pages).toBeGreaterThan(cases / 20);
  });

  it('tell alike what happens', { timeout: 3_600_000 }, async () => {
    const { one, other, view, whole } = worlds;
    const random = createRandom(SEED * 7_919);
    const changes = createWorldChanges(worlds, random);
    type Followed = { readonly query: string; readonly one: EventStreamClient; readonly other: EventStreamClient };
    const follow = async (query: string): Promise<Followed> => {
      const [a, b] = await Promise.all([openEventStream(one.address, query, one.headers), openEventStream(other.address, query, other.headers)]);
      return { query, one: a, other: b };
    };
    const lengthOf = (streams: readonly Followed[], of: 'one' | 'other'): number => streams.reduce((sum, each) => sum + each[of].texts.length, 0);
    /** All that came to both. */
    const end = async (streams: readonly Followed[], kind: 'live' | 'replays'): Promise<void> => {
      await settled(() => [lengthOf(streams, 'one'), lengthOf(streams, 'other')], 600);
      for (const { query, one: mine, other: its } of streams) {
        mine.close();
        its.close();
        compare({ query }, comparableEvents(one, mine.texts), comparableEvents(other, its.texts));
        kinds[mine.texts[0]?.startsWith('{"errors"') ? 'streamRefusals' : kind]++;
        kinds.events += mine.texts.length;
      }
    };
    const everything = await follow('subscription { changes { cursor type key op } }');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const cursors = (): string[] => everything.one.texts.flatMap((text) => JSON.parse(text).data?.changes?.cursor ?? []);
    while (cursors().length === 0) kinds.changes += await changes.happen(3);
    const any = (after: string): string => randomSubscription(random() < 0.8 ? view.schema : whole.schema, values, random, after);

    const count = Math.max(12, Math.floor(CASES / FOLLOWS_ONE_IN));
    const live = await Promise.all(Array.from({ length: Math.min(count / 2, STREAMS_AT_ONCE) }, () => follow(any(cursors().at(-1) ?? ''))));
    // Filters through relations begin to keep who meets them.
    await new Promise((resolve) => setTimeout(resolve, IS_LONG ? 10_000 : 1_500));
    for (let burst = 0; burst < (IS_LONG ? 16 : 3); burst++) kinds.changes += await changes.happen(1 + Math.floor(random() * 4));
    await end([...live, everything], 'live');

    const known = cursors();
    for (let done = live.length; done < count; done += STREAMS_AT_ONCE)
      await end(
        await Promise.all(Array.from({ length: Math.min(STREAMS_AT_ONCE, count - done) }, () => follow(any(known[Math.floor(random() * known.length)] ?? '')))),
        'replays',
      );

    const alerts = await follow(
      `subscription { alerts(after: "${alertCursor(worlds.one.hub, 0)}") { state rule severity values value subject { type key code } alert { redacted } } }`,
    );
    // Of those that say that something is hidden there may be more in one world.
    const told = (): number => lengthOf([alerts], 'one') + lengthOf([alerts], 'other');
    await settled(() => [told(), told()], 1_000);
    for (const stream of [alerts.one, alerts.other]) stream.close();
    const openOnes = ({ texts }: EventStreamClient): string[] => texts.filter((text) => !text.includes('"redacted":true')).toSorted();
    compare({ query: alerts.query }, openOnes(alerts.one), openOnes(alerts.other));
    report(kinds);
    expect(differences).toEqual([]);
    expect(kinds.live + kinds.replays).toBeGreaterThan(count / 2);
  });
});
