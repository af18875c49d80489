import { setTimeout as sleep } from 'node:timers/promises';
import { DeliverPolicy, jetstream, jetstreamManager, StorageType, type ConsumerMessages, type JetStreamClient } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from '../federation/supergraph/federation.ts';

/** Carries calls between instances. */
export interface Carrier extends AsyncDisposable {
  /** @param newest number of the change that was appended last */
  call(newest: number): void;
}

const AGAIN_MS = 2_000;
const PUBLISH_MS = 2_000;
/** What a reader that was away has missed is one call: the newest. A few more are kept to look at. */
const KEPT = 1_000;
const KEPT_NS = 3_600_000_000_000;

/**
 * A stream `yiwang-<id>` in JetStream whose messages are the numbers of the log. It is written until the broker has acknowledged, and read by ordered
 * consumers that leave nothing behind in it: whoever was cut off, or came later, is given the newest number first. A server without JetStream only passes
 * calls on to those who listen. Joins when the server answers, and again whenever it comes back; nothing waits for it.
 */
export function natsCarrier(servers: string, id: string, onCall: () => void, log: Log): Carrier {
  const subject = `yiwang.${id}.changes`;
  const stream = `yiwang-${id}`;
  const closing = new AbortController();
  let connection: NatsConnection | undefined;
  let publish: ((newest: number) => Promise<unknown>) | undefined;
  let messages: ConsumerMessages | undefined;
  let latest = 0;
  let sent = 0;
  let sending: Promise<void> | undefined;

  const pause = (): Promise<unknown> => sleep(AGAIN_MS, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
  /** One message under way at a time; what is called meanwhile becomes the next. */
  const send = async (by: (newest: number) => Promise<unknown>): Promise<void> => {
    while (sent < latest && !closing.signal.aborted) {
      const newest = latest;
      const isSent = await by(newest).then(
        () => true,
        () => false,
      );
      if (isSent) sent = newest;
      else await pause();
    }
  };
  const flush = (): void => {
    if (publish !== undefined) sending ??= send(publish).finally(() => (sending = undefined));
  };

  const listen = async (client: JetStreamClient): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        const consumer = await client.consumers.get(stream, { deliver_policy: DeliverPolicy.Last });
        messages = await consumer.consume();
        onCall();
        for await (const _ of messages) onCall();
      } catch (error) {
        if (!closing.signal.aborted) log.warn({ err: error }, 'calls of other instances are not heard for a moment; this one looks for changes itself');
      }
      await pause();
    }
  };

  const join = async (): Promise<void> => {
    const joined = await connect({
      servers,
      name: 'yiwang',
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: AGAIN_MS,
      ignoreAuthErrorAbort: true,
    });
    connection = joined;
    if (closing.signal.aborted) return joined.close();
    const hasStreams = await openStream(joined, stream, subject, log);
    if (hasStreams) {
      const client = jetstream(joined, { timeout: PUBLISH_MS });
      publish = (newest) => client.publish(subject, String(newest), { msgID: String(newest) });
      flush();
      return listen(client);
    }
    publish = async (newest) => joined.publish(subject, String(newest));
    joined.subscribe(subject, { callback: onCall });
    onCall(); // what was called meanwhile was not heard
  };
  const joining = join().catch((error: unknown) => {
    if (!closing.signal.aborted) log.warn({ err: error }, 'NATS cannot be used; instances look for changes themselves');
  });

  return {
    call: (newest) => {
      latest = Math.max(latest, newest);
      flush();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      messages?.stop();
      if (connection === undefined) return; // the first connection is still waited for; it is closed as it comes
      await connection.close().catch(() => undefined);
      await joining;
    },
  };
}

/** @returns false where the server has no JetStream */
async function openStream(connection: NatsConnection, name: string, subject: string, log: Log): Promise<boolean> {
  try {
    const manager = await jetstreamManager(connection);
    const limits = { max_msgs: KEPT, max_age: KEPT_NS };
    await manager.streams.info(name).catch(() => manager.streams.add({ name, subjects: [subject], storage: StorageType.File, ...limits }));
    return true;
  } catch (error) {
    log.warn({ err: error }, 'NATS has no JetStream; a call that is missed there is not heard again, and instances look for changes themselves');
    return false;
  }
}
