import pg from 'pg';

/** Calls between instances that share a PostgreSQL store, by NOTIFY. A call may be lost while the connection is being made anew. */
export interface ChangeSignal extends AsyncDisposable {
  call(): void;
}

const CHANNEL = 'yiwang_changes';
const AGAIN_MS = 2_000;

/** Does not wait for the store and never fails: without it, instances look for themselves. */
export function openChangeSignal(url: string, onCall: () => void): ChangeSignal {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, application_name: 'yiwang changes', keepAlive: true });
    const again = (): void => {
      client = undefined;
      if (!closed) timer ??= setTimeout(() => ((timer = undefined), void connect()), AGAIN_MS).unref();
    };
    next.on('error', again);
    next.on('end', again);
    next.on('notification', onCall);
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      client = next;
      onCall(); // what was called meanwhile was not heard
    } catch {
      await next.end().catch(() => undefined);
      again();
    }
  };
  const connecting = connect();
  return {
    call: () => void client?.query(`notify ${CHANNEL}`).catch(() => undefined),
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}
