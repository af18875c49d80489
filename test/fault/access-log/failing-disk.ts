/** `node test/fault/access-log/failing-disk.ts [calls]`: the N-th write of the log, or sync of what is left of it, fails, for each N; what was promised must be there, and the chain must hold. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openAccessLog } from '../../../access/log/open-access-log.ts';
import { makeSigningKey } from '../../../access/log/signing.ts';
import { verifyAccessLog } from '../../../access/log/verify-access-log.ts';
import type { AccessLogConfiguration } from '../../../schema/model/configuration.ts';
import { openStore } from '../../../store/open-store.ts';
import { accessRecords } from '../../helpers/access-records.ts';
import { underStrace } from './strace.ts';

export interface FaultRun {
  readonly promised: readonly string[];
  readonly refused: readonly string[];
  /** Requests whose record is in the log afterwards. */
  readonly recorded: readonly string[];
  /** What `verify` finds. */
  readonly errors: readonly string[];
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** @param fault e.g. `pwrite64:error=EIO:when=3` */
export async function runWithFault(fault: string, records: number): Promise<FaultRun> {
  const root = mkdtempSync(path.join(tmpdir(), 'yiwang-fault-'));
  try {
    const signingKeyFile = path.join(root, 'key.jwk');
    writeFileSync(signingKeyFile, makeSigningKey());
    const configuration: AccessLogConfiguration = {
      folder: path.join(root, 'log'),
      anchorFolder: path.join(root, 'anchor'),
      hash: 'sha256',
      signingKeyFile,
      checkpointMs: 60_000,
      retentionDays: 184,
      subjectKeys: 10,
    };
    // The chain must exist, so that its file can be named.
    await using store = await openStore('sqlite::memory:');
    await (await openAccessLog({ configuration, store, log: SILENT }))[Symbol.asyncDispose]();
    const [chain = ''] = readdirSync(configuration.folder);
    const file = path.join(configuration.folder, chain, '00000001.log');
    const program = path.join(import.meta.dirname, 'append-until-done.ts');
    const child = underStrace(['-P', file, '-e', `inject=${fault}`], path.join(root, 'trace'), [program, JSON.stringify(configuration), String(records)], {});
    let printed = '';
    child.stdout?.on('data', (part) => (printed += String(part)));
    await once(child, 'close');
    const { promised, refused } = JSON.parse(printed) as Pick<FaultRun, 'promised' | 'refused'>;
    const recorded = accessRecords(configuration.folder).flatMap((record) => ('request' in record ? [record.request] : []));
    const { findings } = await verifyAccessLog(configuration.folder, configuration.anchorFolder);
    return { promised, refused, recorded, errors: findings.filter(({ severity }) => severity === 'error').map(({ message }) => message) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What is wrong with a run; empty when nothing is. */
export function faultsOf({ promised, refused, recorded, errors }: FaultRun, records: number): string[] {
  const missing = promised.filter((request) => !recorded.includes(request));
  return [
    ...missing.map((request) => `${request} was promised and is not there`),
    ...errors,
    ...(promised.length + refused.length === records ? [] : ['records were lost sight of']),
    ...(promised.includes(`r${records - 1}`) || refused.length === 1 ? [] : ['the last record, long after the fault, was refused']),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const calls = Number(process.argv[2] ?? 12);
  for (const error of ['ENOSPC', 'EIO'])
    for (const call of ['pwrite64', 'fsync'])
      for (let when = 1; when <= calls; when++) {
        const run = await runWithFault(`${call}:error=${error}:when=${when}`, 8);
        const faults = faultsOf(run, 8);
        console.log(
          `${error} at ${call} ${when}: ${run.promised.length} promised, ${run.refused.length} refused, ${faults.length === 0 ? 'ok' : faults.join('; ')}`,
        );
        if (faults.length > 0) process.exitCode = 1;
      }
}
