import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { HubError } from '../../schema/errors/hub-error.ts';

/** An issuer's public keys, always at hand: nobody waits for the issuer while they are known. */
export interface KeySet extends AsyncDisposable {
  /** @throws {HubError} AUTH_UNAVAILABLE when no keys are known, or those known are too old */
  current(): JWTVerifyGetKey;
  /** A token names a key that is not among them: asks the issuer, unless that was asked too often. True when the keys may have changed. */
  lookAgain(): Promise<boolean>;
  /** Called back when keys were added or withdrawn. */
  onChange(listener: () => void): void;
}

export interface RemoteKeySetOptions {
  readonly url: string;
  readonly now?: () => number;
  /** Default 60 s: withdrawn keys are refused that soon. */
  readonly refreshMs?: number;
  /** Default 60 min: so long the last known keys hold when the issuer cannot be reached. */
  readonly staleMs?: number;
  readonly onFailure: (error: unknown) => void;
}

const REFRESH_MS = 60_000;
const STALE_MS = 60 * 60_000;
const FETCH_MS = 3_000;
/** The longest that one request waits for a key it is the first to use. */
const LOOK_AGAIN_MS = 1_500;
/** At most so many requests to the issuer within a minute, whatever tokens arrive. */
const FETCHES_PER_MINUTE = 2;
const MAX_BYTES = 262_144;

/** Keys from an address, refreshed in the background. The first are fetched before it resolves, if the issuer answers. */
export async function createRemoteKeySet(options: RemoteKeySetOptions): Promise<KeySet> {
  const { url, now = Date.now, refreshMs = REFRESH_MS, staleMs = STALE_MS, onFailure } = options;
  const listeners = new Set<() => void>();
  const stopped = new AbortController();
  let known: { readonly text: string; readonly find: JWTVerifyGetKey } | undefined;
  let fetchedAt = 0;
  let asked: number[] = [];
  let running: Promise<boolean> | undefined;

  const refresh = async (): Promise<boolean> => {
    try {
      const text = await fetchText(url, AbortSignal.any([stopped.signal, AbortSignal.timeout(FETCH_MS)]));
      const changed = known?.text !== text;
      if (changed) known = { text, find: createLocalJWKSet(keysOf(text)) };
      fetchedAt = now();
      if (changed) listeners.forEach((listener) => listener());
      return changed;
    } catch (error) {
      if (!stopped.signal.aborted) onFailure(error);
      return false;
    } finally {
      running = undefined;
    }
  };
  const ask = (): Promise<boolean> => {
    asked = asked.filter((at) => at > now() - 60_000);
    if (running) return running;
    if (asked.length >= FETCHES_PER_MINUTE) return Promise.resolve(false);
    asked.push(now());
    running = refresh();
    return running;
  };
  await ask();
  const timer = setInterval(() => void ask(), refreshMs);
  timer.unref();
  return {
    current() {
      if (known && now() - fetchedAt <= staleMs) return known.find;
      void ask();
      throw new HubError('AUTH_UNAVAILABLE', 'Tokens cannot be verified at the moment: their issuer gives no keys.', { retryAfterMs: 5_000 });
    },
    async lookAgain() {
      const waited = new Promise<false>((resolve) => setTimeout(() => resolve(false), LOOK_AGAIN_MS).unref());
      return Promise.race([ask(), waited]);
    },
    onChange: (listener) => void listeners.add(listener),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopped.abort();
      await running;
    },
  };
}

/** Keys that stand fast. @param text a JSON Web Key Set */
export function createFixedKeySet(text: string): KeySet {
  const find = createLocalJWKSet(keysOf(text));
  return { current: () => find, lookAgain: async () => false, onChange: () => undefined, [Symbol.asyncDispose]: async () => undefined };
}

/** Public keys only: a secret in a key set must never verify anything. */
function keysOf(text: string): JSONWebKeySet {
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  return { keys: keys.filter(({ kty }) => kty !== 'oct').map(({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...key }) => key) };
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok || !response.body) throw new Error(`the issuer answered ${response.status}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new Error('the issuer’s answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
