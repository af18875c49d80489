import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readAnchor, type Anchor } from './anchor-file.ts';
import type { PublicKey } from './record.ts';
import { chainNames } from './segment-files.ts';
import { readCheckpoint } from './signing.ts';
import { walkChain, type ChainWalk, type Finding } from './verify-chain.ts';

export interface Verification {
  readonly chains: readonly VerifiedChain[];
  /** Empty: all is as the hub wrote it, as far as it is signed. */
  readonly findings: readonly Finding[];
}

export interface VerifiedChain {
  readonly chain: string;
  readonly records: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Of the last record. */
  readonly at: string;
  /** The last record that a signature vouches for; what follows is only linked. 0 when none is. */
  readonly signedTo: number;
  /** The last record that the second place knows. */
  readonly anchoredTo: number;
  /** RFC 7638 thumbprint of the key. */
  readonly kid: string | null;
}

/**
 * Checks a log without the hub: every link, every signature, and that it reaches as far as its anchor. Finds records that were edited, deleted, inserted or
 * moved, a tail that was cut, a log that was hashed anew, an older copy in its place, signatures of another key, and anchors that do not fit.
 * @param key the only key to trust; absent, the one that the anchor names, and without an anchor the log's own
 */
export async function verifyAccessLog(folder: string, anchorFolder: string, key?: PublicKey): Promise<Verification> {
  const names = await chainNames(folder);
  const anchored = await anchorNames(anchorFolder);
  const findings: Finding[] = [];
  const chains: VerifiedChain[] = [];
  for (const chain of [...new Set([...names, ...anchored])].sort()) {
    const error = (message: string): void => void findings.push({ chain, message, severity: 'error' });
    const anchor = await readAnchor(anchorFolder, chain).catch((fault: Error) => {
      error(fault.message);
      return undefined;
    });
    if (!names.includes(chain)) {
      error(`the whole chain is missing from the log; its anchor knows ${(await lastAnchored(anchor)) ?? 'some'} records of it`);
      continue;
    }
    const points = anchor ? await anchorPoints(anchor, key ?? anchor.key, error) : [];
    const walk = await walkChain(path.join(folder, chain), chain, key ?? anchor?.key, new Set(points.map(({ seq }) => seq)));
    findings.push(...walk.findings);
    if (!anchor && !findings.some((finding) => finding.chain === chain && finding.place === undefined))
      findings.push({ chain, message: `there is no anchor of it in ${anchorFolder}: a cut tail or an older copy would not be noticed`, severity: 'warning' });
    compareKeys(walk, anchor, key, error);
    comparePoints(walk, points, error);
    checkStart(walk, error);
    const signedTo = walk.signed.at(-1) ?? 0;
    const anchoredTo = points.at(-1)?.seq ?? 0;
    // The last one may have been signed just before the machine stopped.
    const unanchored = anchor ? walk.signed.slice(0, -1).filter((seq) => seq >= (points[0]?.seq ?? 0) && !points.some((point) => point.seq === seq)) : [];
    if (unanchored.length > 0)
      error(
        `the anchor does not know the checkpoint after record ${unanchored[0] ?? 0}${unanchored.length > 1 ? ` and ${unanchored.length - 1} others` : ''}: it was changed, or could not be written then`,
      );
    chains.push({
      chain,
      records: walk.records,
      firstSeq: walk.firstSeq,
      lastSeq: walk.last.seq,
      at: walk.last.at,
      signedTo,
      anchoredTo,
      kid: (key ?? anchor?.key ?? walk.ownKey)?.kid ?? null,
    });
  }
  return { chains, findings };
}

async function anchorNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.flatMap((name) => /^(.+)\.anchor$/.exec(name)?.[1] ?? []);
}

async function lastAnchored(anchor: Anchor | undefined): Promise<number | undefined> {
  const jws = anchor?.checkpoints.at(-1);
  const point = anchor && jws !== undefined ? await readCheckpoint(jws, anchor.key) : undefined;
  return point && !('fault' in point) ? point.seq : undefined;
}

interface Point {
  readonly seq: number;
  readonly hash: string;
}

async function anchorPoints(anchor: Anchor, key: PublicKey, error: (message: string) => void): Promise<Point[]> {
  const points: Point[] = [];
  for (const [index, jws] of anchor.checkpoints.entries()) {
    const point = await readCheckpoint(jws, key);
    const line = `line ${index + 2} of its anchor`;
    if ('fault' in point) error(`${line} does not hold: ${point.fault}`);
    else if (point.chain !== anchor.chain) error(`${line} was made for the chain ${point.chain}`);
    else if (point.seq < (points.at(-1)?.seq ?? 0)) error(`${line} is older than the one before it`);
    else points.push(point);
  }
  return points;
}

function compareKeys(walk: ChainWalk, anchor: Anchor | undefined, key: PublicKey | undefined, error: (message: string) => void): void {
  const trusted = key ?? anchor?.key;
  if (anchor && key && anchor.key.kid !== key.kid) error(`its anchor names another key (${anchor.key.kid}) than the one given`);
  if (trusted && walk.ownKey && walk.ownKey.kid !== trusted.kid)
    error(`it names another key (${walk.ownKey.kid}) than ${key ? 'the one given' : 'its anchor'}: it was made anew`);
}

function comparePoints(walk: ChainWalk, points: readonly Point[], error: (message: string) => void): void {
  const beyond = points.findLast(({ seq }) => seq > walk.last.seq);
  if (beyond) error(`it ends with record ${walk.last.seq}, but its anchor knows record ${beyond.seq}: the tail was cut, or an older copy took its place`);
  const differing = points.find(({ seq, hash }) => walk.hashes.has(seq) && walk.hashes.get(seq) !== hash);
  if (differing) error(`record ${differing.seq} is not the one that its anchor knows: the log was rewritten up to there`);
}

/** A chain that does not begin with its first record must say, under a signature, what was dropped and why it may be. */
function checkStart(walk: ChainWalk, error: (message: string) => void): void {
  if (walk.previous === undefined) {
    if (walk.records > 0 && walk.firstSeq !== 1) error(`it begins with record ${walk.firstSeq}`);
    return;
  }
  const statement = walk.dropped.find(({ lastSeq, lastHash }) => lastSeq === walk.firstSeq - 1 && lastHash === walk.previous);
  if (!statement) error(`records 1 to ${walk.firstSeq - 1} are missing, and the log does not say that they were past their retention`);
  else if (!walk.signed.some((seq) => seq >= statement.seq)) error(`what record ${statement.seq} says of dropped records is not signed`);
}
