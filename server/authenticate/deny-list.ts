import type { Principal } from '../../schema/model/principal.ts';
import type { Denied, DeniedTable } from '../../store/denied-table.ts';

/** Tokens, keys and subjects that are refused though their issuer would not; read anew every two seconds, so that it bites on every instance. */
export interface DenyList extends AsyncDisposable {
  has(principal: Principal): boolean;
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
    has: (principal) => denied.size > 0 && namesOf(principal).some((name) => denied.has(name)),
    onChange: (listener) => void listeners.add(listener),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reading;
    },
  };
}

/** Whether an entry refuses somebody, or the token that they came with. */
export const refuses = ({ kind, value }: Pick<Denied, 'kind' | 'value'>, principal: Principal): boolean => namesOf(principal).includes(nameOf(kind, value));

const nameOf = (kind: Denied['kind'], value: string): string => `${kind} ${value}`;

function namesOf({ subject, token: { kid, jti } = {} }: Principal): readonly string[] {
  return [nameOf('sub', subject), ...(kid === undefined ? [] : [nameOf('kid', kid)]), ...(jti === undefined ? [] : [nameOf('jti', jti)])];
}
