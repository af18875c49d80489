import { appendAnchor } from './anchor-file.ts';
import type { Head } from './chain.ts';
import type { OpenChain } from './open-chain.ts';
import type { Signer } from './signing.ts';

/** Signs the chain from time to time, and carries what was signed to the second place. */
export interface Checkpoints {
  /** Body of a checkpoint of `head`, when one is due after these further records. */
  due(chain: OpenChain, head: Head, records: number): Promise<string | undefined>;
  /** The next record is followed by a checkpoint. */
  demand(): void;
  /** What was signed last is on the disk: now the anchor may know. */
  durable(): void;
  /** Records that no checkpoint vouches for yet. */
  unsigned(): number;
  anchor(): AnchorStatus;
  /** Resolves when the anchor knows all that was signed, or has failed to. */
  settled(): Promise<void>;
}

export interface AnchorStatus {
  /** Absent while checkpoints reach the second place. */
  readonly failingSince?: string;
  readonly reason?: string;
  /** RFC 3339, of the last one that did. */
  readonly at?: string;
}

export interface CheckpointOptions {
  readonly signer: Signer;
  readonly anchorFolder: string;
  readonly checkpointMs: number;
}

/** At most so many records wait for a signature, however fast they come. */
const RECORDS_MAX = 1_000;

export function createCheckpoints({ signer, anchorFolder, checkpointMs }: CheckpointOptions): Checkpoints {
  let unsigned = 0;
  let signedAt = -Infinity;
  let demanded = false;
  let signed: { readonly chain: OpenChain; readonly jws: string } | undefined;
  let backlog: (typeof signed & object)[] = [];
  let anchoring: Promise<void> = Promise.resolve();
  let status: AnchorStatus = {};

  async function carry(): Promise<void> {
    const next = backlog;
    if (next.length === 0) return;
    try {
      for (const { chain, jws } of next) {
        await appendAnchor(anchorFolder, { chain: chain.name, hash: chain.hash, key: signer.publicKey }, jws);
        backlog = backlog.filter((other) => other.jws !== jws);
      }
      status = { at: new Date().toISOString() };
    } catch (error) {
      // Older ones say no more than the newest does.
      backlog = backlog.slice(-1);
      status = { ...status, failingSince: status.failingSince ?? new Date().toISOString(), reason: (error as Error).message };
    }
  }

  return {
    async due(chain, head, records) {
      unsigned += records;
      signed = undefined;
      if (!demanded && unsigned < RECORDS_MAX && performance.now() - signedAt < checkpointMs) return undefined;
      const jws = await signer.sign(chain.name, head);
      signed = { chain, jws };
      return JSON.stringify({ kind: 'checkpoint', jws });
    },
    demand: () => void (demanded = true),
    durable() {
      if (!signed) return;
      backlog.push(signed);
      signed = undefined;
      unsigned = 0;
      demanded = false;
      signedAt = performance.now();
      anchoring = anchoring.then(carry);
    },
    unsigned: () => unsigned,
    anchor: () => status,
    settled: () => anchoring,
  };
}
