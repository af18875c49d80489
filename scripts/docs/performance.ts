import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The page on performance. Every figure in it comes from a file that a run of the benchmark wrote. */
export async function pages(): Promise<Record<string, string>> {
  const [bench, peers, scale, changes] = await Promise.all(
    ['results.json', 'peers-results.json', 'scale-results.json', 'changes-results.json'].map(readResults),
  );
  return {
    'docs/reference/performance.md': `<!-- Written by \`npm run docs\` from test/bench/*.json; do not edit. -->

# Performance

Four programs measure the hub; none of them is a test, and nothing fails for being slow. All start private database servers and keep their data from one run to the
next in \`YIWANG_BENCH_DIR\` (default: a folder among the temporary files).

| program | what it does |
| --- | --- |
| \`npm run bench\` | eight workloads against SQL written by hand for each of them behind bare Fastify, in processes of their own, in short rounds in turn; answers are compared first. Writes \`test/bench/results.json\` |
| \`npm run bench -- --quick\`, \`--only W3,W4\` | shorter (writes nothing), or only some |
| \`npm run bench -- --rights\` | the same hub twice: with its access log and without |
| \`npm run bench -- --profile <folder>\` | leaves a CPU profile of the hub there |
| \`npm run bench:peers\` | the same questions asked of PostGraphile, Mercurius with graphql-jit, Apollo Server with knex and dataloader, and Hive Gateway over federated subgraphs, which it installs from npm at first use |
| \`npm run bench:scale\` | cost against page, depth, sources, size of tables and number of mapped types |
| \`npm run bench:changes\` | how long a commit takes to its subscribers, how many deliveries a second the hub makes, what subscribers that never read do to the others, what filters through relations cost; over the demo in SQLite |

The data: 20,000 projects, 40,000 appropriations (PostgreSQL), 400,000 payments (MariaDB), 20,000 sites, 30,000 contracts, 160,000 milestones (PostgreSQL), 50,000 findings (MariaDB).
A ratio is the median over the rounds of requests per second ÷ those of the other system in the same round. CPU time is that of the server's processes. Server, databases and load share the
machine, so that single figures move; where the load average is above the number of cores, others worked there too and times say little: compare ratios.

## Against SQL written by hand

${bench ? benchTable(bench) : NOT_YET}
## Peers

${peers ? peersTable(peers) : NOT_YET}
## Scaling

${scale ? scaleTables(scale) : NOT_YET}
## Changes

${changes ? changeTables(changes) : NOT_YET}`,
  };
}

type Json = Readonly<Record<string, unknown>>;

const NOT_YET = 'No run has been kept yet.\n\n';

async function readResults(name: string): Promise<Json | undefined> {
  const text = await readFile(path.join(import.meta.dirname, '../../test/bench', name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}

const circumstances = ({ machine, connections, rounds, roundMs, warmRequests }: Json): string => {
  const { at, node, cores, loadAverage } = (machine ?? {}) as Json;
  return `Measured ${String(at)} on ${String(cores)} cores under Node ${String(node)}, load average ${String(loadAverage)}${connections === undefined ? '' : `, ${String(connections)} connections`}${rounds === undefined ? '' : `, ${String(rounds)} rounds of ${String(roundMs)} ms after at least ${String(warmRequests)} requests or a while`}.\n\n`;
};

function benchTable(results: Json): string {
  const rows = (results['workloads'] as readonly Json[]).map((each) => {
    const base = each['baseline'] as Json;
    const share = (name: string): string => (Number(each[name]) / Number(base[name])).toFixed(2);
    return [
      `${String(each['name'])} ${String(each['title'])}`,
      each['ratio'],
      `${String(each['perSecond'])} / ${String(base['perSecond'])}`,
      `${String(each['nodeCpuUs'])} / ${String(base['nodeCpuUs'])} (${share('nodeCpuUs')})`,
      `${String(each['dbCpuUs'])} / ${String(base['dbCpuUs'])} (${share('dbCpuUs')})`,
      `${String(each['p50Ms'])} / ${String(each['p99Ms'])}`,
      each['rssMiB'],
    ];
  });
  return (
    circumstances(results) +
    table(['workload', 'ratio', 'req/s hub / hand', 'Node CPU µs hub / hand', 'database CPU µs hub / hand', 'p50 / p99 ms', 'MiB'], rows)
  );
}

function peersTable(results: Json): string {
  const workloads = results['workloads'] as readonly Json[];
  const names = [...new Set(workloads.flatMap((each) => (each['systems'] as readonly Json[]).map(({ name }) => String(name))))];
  const rows = workloads.map((each) => [
    each['name'],
    ...names.map((name) => {
      const found = (each['systems'] as readonly Json[]).find((system) => system['name'] === name);
      return found ? `${String(found['ratioToHub'])} (${String(found['nodeCpuUs'])} µs)` : '–';
    }),
  ]);
  return `${circumstances(results)}Requests per second ÷ the hub's, and Node CPU per request; – where the peer has no such query.\n\n${table(['workload', ...names], rows)}`;
}

function scaleTables(results: Json): string {
  const curves = Object.entries(results).filter(([name]) => name !== 'machine') as [string, readonly Json[]][];
  return (
    circumstances(results) +
    curves
      .map(
        ([name, points]) =>
          `### ${name}\n\n${table(
            Object.keys(points[0] ?? {}),
            points.map((point) => Object.values(point)),
          )}`,
      )
      .join('')
  );
}

function changeTables(results: Json): string {
  const sections = results['sections'] as readonly {
    readonly title: string;
    readonly head: readonly string[];
    readonly rows: readonly (readonly unknown[])[];
  }[];
  return (
    circumstances(results) +
    sections.map(({ title, head, rows }) => `### ${title}\n\n${table(head, rows)}`).join('') +
    'From `commit`: from the commit in a department’s file; from `log`: from the order to append to the change log. Subscriptions that ask the same are evaluated once for all. Every delivery is recorded in the access log before it leaves.\n\n'
  );
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return `${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(String).join(' | ')} |`).join('\n')}\n\n`;
}
