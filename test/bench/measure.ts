/** Two or more systems under the same load, in short rounds in turn, so that what else the machine does strikes all alike. */
import { runLoad, percentile, type LoadTarget } from './load.ts';
import { cpuTimeUs } from './processes.ts';

export interface System extends LoadTarget {
  readonly name: string;
  /** Of the server and its helpers. */
  readonly pids: readonly number[];
}

export interface Measured {
  readonly name: string;
  readonly perSecond: number;
  /** Median over the rounds of requests per second ÷ those of the first system in the same round. */
  readonly ratio: number;
  readonly nodeCpuUs: number;
  readonly dbCpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface RoundOptions {
  readonly rounds: number;
  readonly roundMs: number;
  /** Each system is warmed up for so long, again and again until it has answered so many requests or a while has passed. */
  readonly warmMs: number;
  readonly warmRequests: number;
  readonly connections: number;
  readonly databasePids: readonly number[];
}

const WARM_MAX_MS = 15_000;

interface Round {
  readonly perSecond: number;
  readonly nodeCpuUs: number;
  readonly dbCpuUs: number;
  readonly latenciesMs: readonly number[];
}

/** The first system is what the others are compared with. */
export async function measure(systems: readonly System[], options: RoundOptions): Promise<readonly Measured[]> {
  const rounds: Round[][] = systems.map(() => []);
  for (const system of systems) await warmUp(system, options);
  for (let round = 0; round < options.rounds; round++) {
    // Each in turn begins, so that nobody always comes after the same one.
    for (let i = 0; i < systems.length; i++) {
      const at = (i + round) % systems.length;
      (rounds[at] as Round[]).push(await oneRound(systems[at] as System, options));
    }
  }
  const [base = []] = rounds;
  return systems.map((system, i): Measured => {
    const own = rounds[i] as Round[];
    const latencies = own.flatMap((round) => round.latenciesMs).sort((a, b) => a - b);
    return {
      name: system.name,
      perSecond: median(own.map((round) => round.perSecond)),
      ratio: median(own.map((round, at) => round.perSecond / (base[at] as Round).perSecond)),
      nodeCpuUs: median(own.map((round) => round.nodeCpuUs)),
      dbCpuUs: median(own.map((round) => round.dbCpuUs)),
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
    };
  });
}

/** Code is compiled by how often it runs, not by how long: a machine that does other things needs longer for the same. */
async function warmUp(system: System, { connections, warmMs, warmRequests }: RoundOptions): Promise<void> {
  let done = 0;
  for (const end = performance.now() + WARM_MAX_MS; done < warmRequests && performance.now() < end;)
    done += (await runLoad(system, connections, warmMs)).requests;
}

async function oneRound(system: System, { connections, roundMs, databasePids }: RoundOptions): Promise<Round> {
  const used = async (pids: readonly number[]): Promise<number> => (await Promise.all(pids.map(cpuTimeUs))).reduce((sum, each) => sum + each, 0);
  const [node, database] = [await used(system.pids), await used(databasePids)];
  const { requests, seconds, latenciesMs } = await runLoad(system, connections, roundMs);
  return {
    perSecond: requests / seconds,
    nodeCpuUs: ((await used(system.pids)) - node) / requests,
    dbCpuUs: ((await used(databasePids)) - database) / requests,
    latenciesMs,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
