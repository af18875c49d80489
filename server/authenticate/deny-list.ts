import type { Denied, DeniedTable } from '../../store/denied-table.ts';
import type { Verified } from './verify-token.ts';

/** Tokens, keys and subjects that are refused though their issuer would not; read anew every two seconds, so that it bites on every instance. */
export interface DenyList extends AsyncDisposable {
  has(token: Pick<Verified, 'subject' | 'kid' | 'jti'>): boolean;
  onChange(listener: () => void): void;
}

export interface DenyListOptions {
  readonly table: Pick<DeniedTable, 'list'>;
  readonly onFailure: (error: unknown) => void;
  /** Default 2 s. */
  readonly refreshMs?: number;
}

const REFRESH_MS = 2_000;

export async function createDenyList({ table, onFailure, refreshMs = REFRESH_MS }: DenyListOptions): Promise<DenyList> {
  const listeners = new Set<() => void>();
  let denied = new Set<string>();
  let reading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    const next = new Set((await table.list()).map(({ kind, value }) => nameOf(kind, value)));
    const changed = next.size !== denied.size || [...next].some((name) => !denied.has(name));
    denied = next;
    if (changed) listeners.forEach((listener) => listener());
  };
  await read();
  const timer = setInterval(() => {
    reading ??= read()
      .catch(onFailure)
      .finally(() => (reading = undefined));
  }, refreshMs);
  timer.unref();
  return {
    has: ({ subject, kid, jti }) =>
      denied.size > 0 &&
      (denied.has(nameOf('sub', subject)) || (kid !== undefined && denied.has(nameOf('kid', kid))) || (jti !== undefined && denied.has(nameOf('jti', jti)))),
    onChange: (listener) => void listeners.add(listener),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reading;
    },
  };
}

const nameOf = (kind: Denied['kind'], value: string): string => `${kind} ${value}`;
