import { readFile } from 'node:fs/promises';
import type { AccessLogConfiguration } from '../../schema/model/configuration.ts';
import type { Store } from '../../store/store.ts';
import { createCheckpoints, type AnchorStatus } from './checkpoints.ts';
import { eventText } from './event-text.ts';
import { createGroupCommit, unavailable, type Failure } from './group-commit.ts';
import { openChain, type OpenChain } from './open-chain.ts';
import type { AccessEvent, LogEvent } from './record.ts';
import { dropFiles, findExpired } from './retention.ts';
import { openSegmentWriter } from './segment-writer.ts';
import { createSigner, makeSigningKey } from './signing.ts';
import { rememberSubjectKeys, type SubjectKeys } from './subject-keys.ts';

/** Who read what, for what purpose: durable before anything leaves, and changed by nobody unseen. */
export interface AccessLog extends AsyncDisposable {
  /** Where its files lie. */
  readonly folder: string;
  /** False only for a log that keeps nothing: then nothing is counted for it either. */
  readonly keeps: boolean;
  /** Most keys of a type that a record names. */
  readonly subjectKeys: number;
  /** Resolves when the record is on the disk. @throws {HubError} AUDIT_UNAVAILABLE: then nothing may leave */
  record(event: AccessEvent): Promise<void>;
  /** Announces a record, until what is returned is called: those of many operations that end together are written together. */
  expect(): () => void;
  /** How the log writes entities' keys. */
  readonly subjects: SubjectKeys;
  status(): AccessLogStatus;
}

export interface AccessLogStatus {
  /** Absent while the log can be written. */
  readonly failure?: Failure;
  /** Of the chain that this process writes; null before it is open. */
  readonly seq: number | null;
  readonly anchor: AnchorStatus;
}

export interface AccessLogOptions {
  readonly configuration: AccessLogConfiguration;
  readonly store: Pick<Store, 'settings'>;
  readonly log: { warn(details: object, message: string): void; error(details: object, message: string): void; info(details: object, message: string): void };
  /** What retention goes by. Default: the machine's clock. */
  readonly now?: () => Date;
  /** Told of each write. */
  readonly onWrite?: (records: number, bytes: number) => void;
}

const RETENTION_MS = 3_600_000;
/** Longer without a second place, and the log counts as not writable. */
const ANCHOR_GRACE_MS = 3_600_000;

/**
 * Opens the log, or keeps trying while it cannot be opened: until then every `record` rejects. Its key and its secret are made once and kept in the store,
 * unless the configuration names a key. @throws {Error} when the configured key is none
 */
export async function openAccessLog({ configuration, store, log, now = () => new Date(), onWrite }: AccessLogOptions): Promise<AccessLog> {
  const { folder, anchorFolder, hash, signingKeyFile, checkpointMs, retentionDays, subjectKeys } = configuration;
  const jwk = signingKeyFile === undefined ? await store.settings.getOrCreate('accessLogKey', makeSigningKey) : await readFile(signingKeyFile, 'utf8');
  const secret = await store.settings.getOrCreate('accessLogSecret', () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'));
  const signer = await createSigner(jwk);
  const checkpoints = createCheckpoints({ signer, anchorFolder, checkpointMs });
  let chain: OpenChain | undefined;
  let lastReason: string | undefined;

  const commit = createGroupCommit({
    async open(place) {
      if (chain && place) {
        try {
          return { chain, writer: await openSegmentWriter(chain, place) };
        } catch (error) {
          // Somebody took the chain away. The anchor knows of it; what comes next goes on another one.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
          log.error({ chain: chain.name }, 'a chain of the access log is gone; yiwang audit verify says what is missing');
          chain.lock[Symbol.dispose]();
          chain = undefined;
        }
      }
      chain ??= await openChain({ folder, anchorFolder, hash, key: signer.publicKey });
      return { chain, writer: await openSegmentWriter(chain, chain.place) };
    },
    checkpoint: (current, head, records) => checkpoints.due(current, head, records),
    onDurable(records, bytes) {
      checkpoints.durable();
      onWrite?.(records, bytes);
    },
    greeting: (current, failure) => {
      checkpoints.demand();
      const { torn, anchorMissing } = current;
      const start: LogEvent = failure
        ? { kind: 'recovered', ...failure }
        : { kind: 'start', ...(torn > 0 ? { torn } : {}), ...(anchorMissing && current.place.head.seq > 1 ? { anchor: 'missing' } : {}) };
      if (failure) log.warn(failure, 'the access log can be written again');
      lastReason = undefined;
      return [JSON.stringify(start)];
    },
    onFailure(failure, error) {
      if (failure.reason !== lastReason) log.error({ ...failure, err: error }, 'the access log cannot be written: nothing is answered');
      lastReason = failure.reason;
    },
  });

  const failure = (): Failure | undefined => commit.failure() ?? anchorFailure(checkpoints.anchor());
  const quietly = (work: Promise<unknown>): void => void work.catch((error: unknown) => log.warn({ err: error }, 'the access log waits to be mended'));
  const sign = setInterval(() => {
    if (checkpoints.unsigned() === 0 && checkpoints.anchor().failingSince === undefined) return;
    checkpoints.demand();
    quietly(commit.flush());
  }, checkpointMs);
  const expire = async (): Promise<void> => {
    if (!chain) return;
    const { folder: own } = chain;
    const expired = await findExpired(own, retentionDays, now());
    if (!expired) return;
    checkpoints.demand();
    await commit.append(JSON.stringify(expired.statement satisfies LogEvent));
    await checkpoints.settled();
    if (checkpoints.anchor().failingSince !== undefined) return; // they go once the second place knows of it
    await dropFiles(own, expired.numbers);
    log.info({ files: expired.statement.files, to: expired.statement.to }, 'records past their retention are gone from the access log');
  };
  const retain = setInterval(() => quietly(expire()), RETENTION_MS);
  sign.unref();
  retain.unref();
  await commit
    .flush()
    .then(expire)
    .catch(() => undefined); // said by onFailure

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(sign);
    clearInterval(retain);
    checkpoints.demand();
    await commit.append(JSON.stringify({ kind: 'stop' } satisfies LogEvent)).catch(() => undefined);
    await commit.close();
    await checkpoints.settled();
    chain?.lock[Symbol.dispose]();
  };

  return {
    folder,
    keeps: true,
    subjectKeys,
    record(event) {
      const stuck = anchorFailure(checkpoints.anchor());
      return stuck ? Promise.reject(unavailable(stuck.reason)) : commit.append(eventText(event));
    },
    expect: () => commit.expect(),
    subjects: rememberSubjectKeys(secret),
    status: () => {
      const failed = failure();
      return { ...(failed ? { failure: failed } : {}), seq: commit.head()?.seq ?? null, anchor: checkpoints.anchor() };
    },
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function anchorFailure({ failingSince, reason = '' }: AnchorStatus): Failure | undefined {
  if (failingSince === undefined || Date.now() - Date.parse(failingSince) < ANCHOR_GRACE_MS) return undefined;
  return { reason: `its anchor cannot be written (${reason})`, since: failingSince };
}
