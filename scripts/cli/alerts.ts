import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createClient } from 'graphql-ws';
import type { BenchResult } from '../../changes/alerts/bench/bench-rule.ts';
import { readDraftRules } from '../../changes/alerts/bench/read-draft-rules.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { authorization, configOption, type ConfigOption } from './options.ts';
import { withHub } from './with-hub.ts';

interface WatchOptions {
  readonly url: string;
  readonly after?: string;
  readonly rules?: readonly string[];
  readonly minSeverity?: string;
}

interface Event {
  readonly cursor: string;
  readonly state: 'PENDING' | 'FIRING' | 'RESOLVED' | 'ACKNOWLEDGED';
  readonly at: string;
  readonly severity: string;
  readonly title: string;
  readonly value: unknown;
  readonly subject: { readonly type: string; readonly code: string; readonly name: string | null };
  readonly evidence: { readonly causes: readonly { readonly department: string; readonly type: string; readonly rowKey: string }[] } | null;
}

const SUBSCRIPTION = `subscription ($after: String, $rules: [String!], $minSeverity: Severity) {
  alerts(after: $after, rules: $rules, minSeverity: $minSeverity, states: [PENDING, FIRING, RESOLVED, ACKNOWLEDGED]) {
    cursor state at severity title value subject { type code name } evidence { causes { department type rowKey } }
  }
}`;

export function addAlerts(program: Command): void {
  const alerts = program.command('alerts').description('what the hub watches');
  alerts
    .command('watch')
    .description('show alerts as they come, from a running hub; a broken connection is resumed where it stopped')
    .option('-u, --url <url>', 'the hub; YIWANG_TOKEN says who asks', 'ws://127.0.0.1:4000/graphql')
    .option('--after <cursor>', 'begin after this event instead of now')
    .option('--rules <names>', 'only these rules, comma separated', (text: string) => text.split(',').map((name) => name.trim()))
    .option('--min-severity <severity>', 'INFO, NOTICE, WARNING or CRITICAL')
    .action(watch);
  alerts
    .command('test <file>')
    .description('run rules that are not published yet: on today’s data and, with --days, on what changed since')
    .addOption(configOption())
    .option('--days <days>', 'replay the changes of the last days', (text: string) => Number(text), 0)
    .action(test);
}

interface TestOptions extends ConfigOption {
  readonly days: number;
}

async function test(file: string, { config, days }: TestOptions): Promise<void> {
  if (!Number.isInteger(days) || days < 0) throw new HubProblem('--days takes a whole number');
  const text = await readFile(file, 'utf8').catch(() => Promise.reject(new HubProblem(`${file} cannot be read`)));
  await withHub(config, async ({ federation, alerts }) => {
    const view = federation.generation();
    const { rules, problems } = readDraftRules(text, view);
    if (!rules) throw new HubProblem(problems.map((problem) => printProblem({ ...problem, file })).join('\n'));
    for (const rule of rules) {
      const result = await alerts.bench(view, rule, days, AbortSignal.timeout(TEST_MS));
      console.log(printBench(rule, result));
    }
  });
}

const TEST_MS = 600_000;
const SHOWN = 20;

function printBench({ rule, subject }: AlertRule, { today, past }: BenchResult): string {
  const shown = (value: unknown): string => (value === null ? '' : `  ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const lines = [
    `${rule}: fires for ${today.firing.length} of ${today.subjects} ${subject} today (${today.elapsedMs} ms)${today.failed > 0 ? `; nothing can be said of ${today.failed}` : ''}`,
    ...today.firing.slice(0, SHOWN).map(({ key, name, value }) => `  ${name ?? ''} ${key.join(' ')}${shown(value)}`),
    ...(today.firing.length > SHOWN ? [`  … ${today.firing.length - SHOWN} more`] : []),
  ];
  if (past) {
    lines.push(
      `  ${past.changes} changes since ${past.since ?? 'ever'}, ${past.relevant} of them read by the rule, ${past.subjects} ${subject} touched: ${past.events.length} events (${past.elapsedMs} ms)`,
    );
    for (const { at, state, key, name, value, cause } of past.events)
      lines.push(`  ${at}  ${state.padEnd(8)}  ${name ?? ''} ${key.join(' ')}${shown(value)}  ← ${cause.department} ${cause.type} ${cause.rowKey}`);
  }
  return lines.join('\n');
}

async function watch({ url, after, rules, minSeverity }: WatchOptions): Promise<void> {
  let cursor = after ?? null;
  let connected = false;
  for (;;) {
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      lazy: true,
      connectionParams: authorization(),
      retryAttempts: 0,
      on: {
        connected: () => {
          console.log(`${connected ? 'Connected again' : `Watching ${url}`}; Ctrl-C ends it.`);
          connected = true;
        },
      },
    });
    try {
      for await (const { data, errors } of client.iterate<{ alerts: Event }>({
        query: SUBSCRIPTION,
        variables: { after: cursor, rules: rules ?? null, minSeverity: minSeverity ?? null },
      })) {
        if (errors) throw new HubProblem(errors.map(({ message }) => message).join('\n'));
        if (!data) continue;
        cursor = data.alerts.cursor;
        console.log(line(data.alerts));
      }
    } catch (error) {
      if (Array.isArray(error)) throw new HubProblem((error as readonly { message: string }[]).map(({ message }) => message).join('\n'));
      if (error instanceof HubProblem) throw error;
      if (isRefusal(error)) throw new HubProblem(`${url} refuses: ${error.reason}`);
      if (!connected) throw new HubProblem(`no hub answers at ${url}; the address ends in /graphql, and npm start starts one`);
      console.log('The connection broke; trying again …');
    } finally {
      await client.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** As the protocol closes for good: no token, one that is not valid, too many connections. */
const isRefusal = (error: unknown): error is { readonly code: number; readonly reason: string } =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number' && error.code >= 4400 && error.code < 4500;

const COLOURS: Readonly<Record<string, number>> = { CRITICAL: 31, WARNING: 33, NOTICE: 36, INFO: 37, RESOLVED: 32, ACKNOWLEDGED: 34 };
const MARKS: Readonly<Record<Event['state'], string>> = { PENDING: '… 待定', FIRING: '▲ 预警', RESOLVED: '✓ 解除', ACKNOWLEDGED: '◦ 已阅' };

function line({ state, at, severity, title, value, subject, evidence }: Event): string {
  const colour = process.stdout.isTTY ? (COLOURS[state] ?? COLOURS[severity] ?? 37) : undefined;
  const paint = (text: string): string => (colour === undefined ? text : `\u001B[${colour}m${text}\u001B[0m`);
  const shown = value === null || state === 'ACKNOWLEDGED' ? '' : `  ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  const causes = state === 'FIRING' ? (evidence?.causes ?? []) : [];
  const why = causes.length === 0 ? '' : `  ← ${causes.map(({ department, type, rowKey }) => `${department} ${type} ${rowKey}`).join(', ')}`;
  return `${at.slice(11, 19)}  ${paint(`${MARKS[state]} ${severity.padEnd(8)} ${title}`)}  ${subject.name ?? subject.type} ${subject.code}${shown}${why}`;
}
