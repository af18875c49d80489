import { parseLine } from './chain.ts';
import { isNewer, readBackwards, type BackwardsReader, type LinePlace } from './read-backwards.ts';
import type { AccessEvent, AccessRecord } from './record.ts';
import { chainNames } from './segment-files.ts';

/** A record of what somebody did, with the chain it stands in. */
export type FoundRecord = AccessRecord & AccessEvent & { readonly chain: string };

/** Of who asked for what: as whoever looks for records says it, on the command line or over GraphQL. */
export interface TextFilter {
  /** RFC 3339 in UTC, inclusive. */
  readonly from?: string;
  /** RFC 3339 in UTC, exclusive. */
  readonly to?: string;
  readonly subject?: string;
  /** Department of whoever asked. */
  readonly consumer?: string;
  /** Department whose fields were read. */
  readonly provider?: string;
  /** The department that looks, when it sees its own part only: of entities of which nothing was its own it learns nothing. */
  readonly seenBy?: string;
  /** `Type` or `Type.path`. */
  readonly field?: string;
  readonly purpose?: string;
  readonly request?: string;
}

/** All that is given must hold. */
export interface RecordFilter extends TextFilter {
  readonly kind?: AccessEvent['kind'];
  readonly decision?: AccessEvent['decision'];
  /** Its key as the log writes it. */
  readonly entity?: { readonly type: string; readonly key: string };
}

export interface RecordQuery {
  readonly filter: RecordFilter;
  readonly first: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface RecordPage {
  readonly records: readonly FoundRecord[];
  /** Of each record: `after` that goes on behind it. */
  readonly cursors: readonly string[];
  /** Where to go on; absent when nothing older is left. A page may hold fewer records than asked for, even none, and still not be the last. */
  readonly next?: string;
}

/** A page looks at no more records than this. */
const LOOKED_AT_MAX = 50_000;
const PAUSE_EVERY = 1_000;

/**
 * What people did, of all chains in a folder, newest first. Reads the records as they stand: whether they are what the hub wrote is for `verifyAccessLog` to
 * say. @throws {RangeError} when `after` is no place in a log
 */
export async function readAccessLog(folder: string, { filter, first, after }: RecordQuery): Promise<RecordPage> {
  const start = after === undefined ? undefined : readPlace(after);
  const readers = await Promise.all((await chainNames(folder)).map((chain) => readBackwards(folder, chain, start)));
  const records: FoundRecord[] = [];
  const cursors: string[] = [];
  let last: LinePlace | undefined;
  for (let looked = 0; ; looked++) {
    const reader = newest(readers);
    const line = reader?.line();
    if (!reader || !line || (filter.from !== undefined && line.at < filter.from)) return { records, cursors };
    if (last && (records.length >= first || looked >= LOOKED_AT_MAX)) return { records, cursors, next: writePlace(last) };
    const record = found(line.text, filter);
    if (record) {
      records.push({ ...record, chain: line.chain });
      cursors.push(writePlace(line));
    }
    last = line;
    await reader.advance();
    if (looked % PAUSE_EVERY === PAUSE_EVERY - 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

function newest(readers: readonly BackwardsReader[]): BackwardsReader | undefined {
  let best: BackwardsReader | undefined;
  for (const reader of readers) {
    const [line, other] = [reader.line(), best?.line()];
    if (line && (!other || isNewer(line, other))) best = reader;
  }
  return best;
}

function found(text: string, filter: RecordFilter): (AccessRecord & AccessEvent) | undefined {
  // The log's own records have no decision; what a filter names must stand in the text.
  if (!text.includes('"decision":')) return undefined;
  for (const wanted of [filter.subject, filter.consumer, filter.provider, filter.purpose, filter.request, filter.entity?.key])
    if (wanted !== undefined && !text.includes(JSON.stringify(wanted))) return undefined;
  const record = parseLine(text)?.record as (AccessRecord & AccessEvent) | undefined;
  return record && fits(record, filter) ? record : undefined;
}

function fits(record: AccessRecord & AccessEvent, filter: RecordFilter): boolean {
  const { who, reads = [], subjects = [] } = record;
  const is = <T>(wanted: T | undefined, value: T | undefined): boolean => wanted === undefined || wanted === value;
  const { field, provider, seenBy, entity } = filter;
  const isField = (name: string): boolean => field === undefined || name === field || name.startsWith(`${field}.`);
  return (
    (filter.to === undefined || record.at < filter.to) &&
    is(filter.subject, who.subject) &&
    is(filter.consumer, who.department) &&
    is(filter.purpose, who.purpose) &&
    is(filter.request, record.request) &&
    is(filter.kind, record.kind) &&
    is(filter.decision, record.decision) &&
    ((provider === undefined && field === undefined) || reads.some((read) => is(provider, read.department) && read.fields.some(isField))) &&
    (entity === undefined || (showsType(record, entity.type, seenBy) && subjects.some(({ type, keys }) => type === entity.type && keys.includes(entity.key))))
  );
}

/** Whether a department sees of a record that entities of a type were read: when something of them was the department's own. */
export function showsType({ reads = [] }: Pick<AccessEvent, 'reads'>, type: string, provider: string | undefined): boolean {
  return provider === undefined || reads.some(({ department, fields }) => department === provider && fields.some((field) => field.startsWith(`${type}.`)));
}

const writePlace = ({ at, chain, seq }: LinePlace): string => Buffer.from(JSON.stringify([at, chain, seq])).toString('base64url');

function readPlace(text: string): LinePlace {
  try {
    const [at, chain, seq] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof at === 'string' && typeof chain === 'string' && typeof seq === 'number') return { at, chain, seq };
  } catch {
    // said below
  }
  throw new RangeError('no place in the access log');
}
