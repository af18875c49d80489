import path from 'node:path';
import { GENESIS, LINE_FEED, link, parseLine } from './chain.ts';
import { isOpening, previousOf, readSegmentBytes } from './read-segment.ts';
import type { AccessRecord, Dropped, HashName, PublicKey } from './record.ts';
import { segmentName, segmentNumbers } from './segment-files.ts';
import { readCheckpoint } from './signing.ts';

/** Something that is not as the hub wrote it, and where. */
export interface Finding {
  readonly chain: string;
  /** File and line, where it is in the log. */
  readonly place?: string;
  readonly message: string;
  /** A warning may have an innocent reason. */
  readonly severity: 'error' | 'warning';
}

/** What following a chain has shown. */
export interface ChainWalk {
  readonly records: number;
  readonly firstSeq: number;
  readonly last: { readonly seq: number; readonly at: string; readonly kind: string };
  /** The key that the chain itself names; absent when the file that names it is gone. */
  readonly ownKey?: PublicKey;
  /** Hashes of the records that were asked for. */
  readonly hashes: ReadonlyMap<number, string>;
  /** Every good checkpoint's record. */
  readonly signed: readonly number[];
  readonly dropped: readonly (Dropped & { readonly seq: number })[];
  /** What the first file follows, when it is not the first of all. */
  readonly previous?: string;
  readonly findings: readonly Finding[];
}

const FINDINGS_MAX = 50;
const HEAD = /^([0-9a-f]{64}) \{"seq":(\d{1,15}),"at":"([^"]{20,30})",(?:"clock":"[^"]*",)?"kind":"([a-z]+)"/;

/** Follows a chain through all its files, checks every link and every signature. Reads nothing but the files. @param key whose signatures count; absent, the key that the chain names */
export async function walkChain(folder: string, chain: string, key: PublicKey | undefined, wanted: ReadonlySet<number>): Promise<ChainWalk> {
  const findings: Finding[] = [];
  const hashes = new Map<number, string>();
  const signed: number[] = [];
  const dropped: (Dropped & { seq: number })[] = [];
  let [records, firstSeq] = [0, 0];
  let last = { seq: 0, at: '', kind: '' };
  let hashName: HashName = 'sha256';
  let previous = GENESIS.hash;
  let firstPrevious: string | undefined;
  let ownKey: PublicKey | undefined;

  const numbers = await segmentNumbers(folder);
  for (const [index, number] of numbers.entries()) {
    const file = segmentName(number);
    const bytes = await readSegmentBytes(path.join(folder, file));
    const find = (line: number, message: string, severity: Finding['severity'] = 'error'): void => {
      if (findings.length < FINDINGS_MAX) findings.push({ chain, place: `${file}:${line}`, message, severity });
    };
    let line = 0;
    for (let start = 0; start < bytes.length;) {
      line++;
      const end = bytes.indexOf(LINE_FEED, start);
      const text = bytes.toString('utf8', start, end < 0 ? bytes.length : end);
      start = end < 0 ? bytes.length : end + 1;
      const [, given = '', seqText, at = '', kind = ''] = HEAD.exec(text) ?? [];
      if (end < 0 || seqText === undefined) {
        const isTail = index === numbers.length - 1 && start === bytes.length && end < 0;
        find(
          line,
          isTail ? 'the last record is not whole: the hub was stopped while it wrote it, or somebody cut it' : 'this is no record',
          isTail ? 'warning' : 'error',
        );
        continue;
      }
      const seq = Number(seqText);
      const json = text.slice(given.length + 1);
      if (line === 1) {
        const opening = parseLine(text)?.record;
        if (!opening || !isOpening(opening)) find(line, 'the file does not begin as a file of the log does');
        else {
          hashName = opening.hash;
          if (opening.kind === 'chain') ownKey = opening.key;
          if (records === 0) {
            previous = previousOf(opening);
            [firstSeq, last] = [seq, { ...last, seq: seq - 1 }];
            if (opening.kind === 'segment') firstPrevious = previous;
          }
          if (opening.chain !== chain) find(line, `the file belongs to the chain ${opening.chain}`);
          if (opening.kind === 'segment' && opening.number !== number) find(line, `the file is number ${opening.number} of its chain`);
        }
      }
      const expected = last.seq + 1;
      if (seq > expected) find(line, `${range(expected, seq - 1)} missing before record ${seq}`);
      else if (seq < expected) find(line, `record ${seq} stands after record ${last.seq}: it was inserted or moved`);
      else if (link(hashName, previous, json) !== given)
        find(line, `record ${seq} is not what the hub wrote${seq > firstSeq ? `, or record ${seq - 1} is not` : ''}: its hash does not fit`);
      else if (at < last.at) find(line, `record ${seq} is older than the one before it`);
      if (kind === 'checkpoint') {
        const fault = await checkpointFault(json, chain, seq, previous, key ?? ownKey);
        if (fault === undefined) signed.push(seq - 1);
        else find(line, `the checkpoint after record ${seq - 1} does not hold: ${fault}`);
      }
      if (kind === 'dropped') dropped.push(JSON.parse(json) as Dropped & { seq: number });
      if (wanted.has(seq)) hashes.set(seq, given);
      if (json.includes('"clock":"') && /^\{"seq":\d+,"at":"[^"]*","clock":/.test(json))
        find(line, `the machine’s clock had gone back when record ${seq} was written`, 'warning');
      records++;
      previous = given;
      last = { seq: Math.max(seq, last.seq), at, kind };
    }
  }
  return {
    records,
    firstSeq,
    last,
    hashes,
    signed,
    dropped,
    findings,
    ...(ownKey ? { ownKey } : {}),
    ...(firstPrevious === undefined ? {} : { previous: firstPrevious }),
  };
}

async function checkpointFault(json: string, chain: string, seq: number, previous: string, key: PublicKey | undefined): Promise<string | undefined> {
  if (!key) return 'no key is known to check it with';
  const { jws } = JSON.parse(json) as Extract<AccessRecord, { readonly kind: 'checkpoint' }>;
  const checkpoint = await readCheckpoint(jws, key);
  if ('fault' in checkpoint) return checkpoint.fault;
  if (checkpoint.chain !== chain) return `it was made for the chain ${checkpoint.chain}`;
  if (checkpoint.seq !== seq - 1) return `it was made for record ${checkpoint.seq}`;
  return checkpoint.hash === previous ? undefined : 'what it signed is not what stands here: the log was rewritten';
}

const range = (from: number, to: number): string => (from === to ? `record ${from} is` : `records ${from} to ${to} are`);
