import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseLine } from '../../access/log/chain.ts';
import type { AccessEvent, AccessRecord } from '../../access/log/record.ts';

/** Every record of an access log, of all its chains. */
export function accessRecords(folder: string): AccessRecord[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .sort()
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => {
      const parsed = parseLine(line);
      if (!parsed) throw new Error(`no record: ${line}`);
      return parsed.record;
    });
}

/** What was recorded of one request. */
export function recordsOf(folder: string, requestId: string): (AccessRecord & AccessEvent)[] {
  return accessRecords(folder).filter((record): record is AccessRecord & AccessEvent => 'request' in record && record.request === requestId);
}
