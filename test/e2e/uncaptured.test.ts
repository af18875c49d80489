import { expect, it } from 'vitest';
import { follow, openClient } from '../helpers/subscriber.ts';
import { createSmallHub } from '../helpers/small-hub.ts';

const NEVER = 'changes of Book are not captured, so nothing would ever be told; the operator sets "changes" of their sources in hub.yaml';

it.each(['{ bookChanges { op } }', '{ bookChanges(where: { pages: { gt: 5 } }) { op } }', '{ changes { op } }', '{ changes(types: [BOOK]) { op } }'])(
  'refuses %s where nothing is captured, instead of letting it wait for ever',
  async (selection) => {
    await using small = createSmallHub();
    await using running = await small.start();
    const client = openClient(running.address);
    const failure = await follow(client.iterate({ query: `subscription ${selection}` })).ended();
    expect(failure).toMatchObject([{ message: NEVER, extensions: { code: 'BAD_USER_INPUT' } }]);
    await client.dispose();
  },
);

const rule = (more: string): string =>
  `- rule: long\n  subject: Book\n  select: "{ pages }"\n  when: pages > 5\n  severity: INFO\n  title: { zh: 长, en: Long }\n${more}`;

it('warns of an alert rule over what is not captured, unless it says how often to look', async () => {
  const warnings = async (text: string): Promise<string[]> => {
    await using small = createSmallHub();
    small.write('alerts.yaml', text);
    await using running = await small.start();
    const { problems } = await running.hub.federation.tryRelease(running.hub.federation.release());
    return problems.map(({ file, line, column, severity, message }) => `${file}:${line}:${column} ${severity} ${message}`);
  };
  expect(await warnings(rule(''))).toEqual([
    'alerts.yaml:3:3 warning rule long reads from library, whose changes are not captured, so what changes there does not make the hub look',
  ]);
  expect(await warnings(rule('  every: 15m\n'))).toEqual([]);
});

it('names the line of an alert rule that is wrong', async () => {
  await using small = createSmallHub();
  small.write('alerts.yaml', rule('  resolve: page < 5\n').replace('pages > 5', 'pages'));
  await expect(small.start()).rejects.toThrow(
    /alerts\.yaml:4:3 error: "when" of rule long does not work: .*\n.*alerts\.yaml:7:3 error: "resolve" of rule long does not work/,
  );
  small.write('alerts.yaml', rule('').replace('{ pages }', '{ pages(unit: KM) }'));
  await expect(small.start()).rejects.toThrow(/alerts\.yaml:3:3 error: "select" of rule long does not fit the API/);
});
