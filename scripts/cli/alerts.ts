import type { Command } from 'commander';
import { createClient } from 'graphql-ws';
import { HubProblem } from '../../server/hub-problem.ts';

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
    .option('-u, --url <url>', 'the hub', 'ws://127.0.0.1:4000/graphql')
    .option('--after <cursor>', 'begin after this event instead of now')
    .option('--rules <names>', 'only these rules, comma separated', (text: string) => text.split(',').map((name) => name.trim()))
    .option('--min-severity <severity>', 'INFO, NOTICE, WARNING or CRITICAL')
    .action(watch);
}

async function watch({ url, after, rules, minSeverity }: WatchOptions): Promise<void> {
  let cursor = after ?? null;
  let connected = false;
  for (;;) {
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      lazy: true,
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
      if (!connected) throw new HubProblem(`no hub answers at ${url}; start one with npm start`);
      console.log('The connection broke; trying again …');
    } finally {
      await client.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

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
