import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openAccessLog, type AccessLog } from '../../../../access/log/open-access-log.ts';
import type { AccessEvent } from '../../../../access/log/record.ts';
import type { AccessLogConfiguration } from '../../../../schema/model/configuration.ts';
import { openStore } from '../../../../store/open-store.ts';
import type { Store } from '../../../../store/store.ts';

export const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A log in a folder of its own, with its anchor beside it. */
export interface LogFixture extends AsyncDisposable {
  readonly root: string;
  readonly configuration: AccessLogConfiguration;
  readonly store: Store;
  open(changed?: Partial<AccessLogConfiguration>): Promise<AccessLog>;
  /** Opens the log, writes so many records and closes it. */
  write(count: number, changed?: Partial<AccessLogConfiguration>): Promise<void>;
  /** The only chain's files, in order. */
  files(): string[];
  lines(file?: string): string[];
  /** Replaces a file's lines. */
  rewrite(edit: (lines: string[]) => readonly string[], file?: string): void;
  anchorFile(): string;
  copyTo(name: string): string;
}

export async function createLogFixture(): Promise<LogFixture> {
  const root = mkdtempSync(path.join(tmpdir(), 'yiwang-log-'));
  const store = await openStore('sqlite::memory:');
  const configuration: AccessLogConfiguration = {
    folder: path.join(root, 'log'),
    anchorFolder: path.join(root, 'anchor'),
    hash: 'sha256',
    checkpointMs: 60_000,
    retentionDays: 184,
    subjectKeys: 100,
  };
  const open: LogFixture['open'] = (changed = {}) => openAccessLog({ configuration: { ...configuration, ...changed }, store, log: SILENT });
  const files = (): string[] => {
    const [chain = ''] = readdirSync(configuration.folder).sort();
    const folder = path.join(configuration.folder, chain);
    return readdirSync(folder).filter((name) => name.endsWith('.log')).sort().map((name) => path.join(folder, name)); // prettier-ignore
  };
  const lines: LogFixture['lines'] = (file = files()[0]) =>
    readFileSync(file ?? '', 'utf8')
      .trimEnd()
      .split('\n');
  return {
    root,
    configuration,
    store,
    open,
    async write(count, changed) {
      await using log = await open(changed);
      await Promise.all(Array.from({ length: count }, (_, i) => log.record(event(`r${i}`))));
    },
    files,
    lines,
    rewrite(edit, file = files()[0]) {
      writeFileSync(file ?? '', edit(lines(file)).map((line) => `${line}\n`).join('')); // prettier-ignore
    },
    anchorFile: () => path.join(configuration.anchorFolder, readdirSync(configuration.anchorFolder)[0] ?? ''),
    copyTo(name) {
      const target = path.join(root, name);
      rmSync(target, { recursive: true, force: true });
      cpSync(configuration.folder, target, { recursive: true });
      return target;
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function event(request: string, changed: Partial<AccessEvent> = {}): AccessEvent {
  return {
    kind: 'operation',
    request,
    who: { subject: 'clerk', department: 'finance', roles: ['consumer'], purpose: 'budget' },
    operation: { type: 'query', name: 'Payments', hash: 'a'.repeat(64) },
    generation: 1,
    release: 1,
    reads: [{ department: 'finance', source: 'finance', fields: ['Payment.amount'], rows: 3 }],
    decision: 'allowed',
    ms: 2,
    ...changed,
  };
}
