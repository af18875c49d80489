import { readFile } from 'node:fs/promises';
import { HubError } from '../../schema/errors/hub-error.ts';
import { HubProblem } from '../hub-problem.ts';
import { identifyLocally } from '../identity.ts';
import type { Logger } from '../log.ts';
import type { Identify } from '../session.ts';
import type { AuthConfiguration } from '../../schema/model/auth-configuration.ts';
import type { Store } from '../../store/store.ts';
import { createAuthFailures } from '../limits/auth-failures.ts';
import type { LimitName } from '../limits/principal-key.ts';
import { readCredentials } from './credentials.ts';
import { createDenyList } from './deny-list.ts';
import { DEVELOPMENT_AUTH, developmentKeySet } from './development-token.ts';
import { identifyByToken } from './identify-by-token.ts';
import { createFixedKeySet, createRemoteKeySet, type KeySet } from './key-set.ts';
import { createVerifyToken } from './verify-token.ts';

export interface Identification extends AsyncDisposable {
  readonly identify: Identify;
  /** Called back when a token that was good may no longer be. */
  onChange(listener: () => void): void;
}

export interface IdentificationOptions {
  readonly auth: AuthConfiguration | undefined;
  /** The embedded default: whoever sends no token over loopback is the developer. */
  readonly development: boolean;
  readonly store: Store;
  readonly log: Logger;
  readonly authFailuresPerMinute: number;
  readonly onLimit: (limit: LimitName) => void;
}

/**
 * How this hub tells who asks. With `auth` configured only by token. Without it only its own machine is answered, and loudly so: as the developer on the
 * embedded default, who may also try out tokens of the hub's own, otherwise as one who may read.
 */
export async function createIdentification({ auth, development, store, log, authFailuresPerMinute, onLimit }: IdentificationOptions): Promise<Identification> {
  if (!auth && !development) {
    log.warn({}, 'NO ACCESS CONTROL: hub.yaml has no `auth`. Whoever is on this machine may read everything; nobody else is answered.');
    return { identify: identifyWithoutTokens, onChange: () => undefined, [Symbol.asyncDispose]: async () => undefined };
  }
  if (!auth) log.warn({}, 'DEVELOPMENT: whoever is on this machine and sends no token may read and change everything; nobody else is answered.');
  await using undo = new AsyncDisposableStack();
  const keys = undo.use(await keySetOf(auth, store, log));
  const denied = undo.use(await createDenyList({ table: store.denied, onFailure: (error) => log.error({ err: error }, 'the deny-list cannot be read') }));
  const verify = createVerifyToken({ ...(auth ?? DEVELOPMENT_AUTH), keys });
  const parts = undo.move();
  return {
    identify: identifyByToken({
      verify,
      denied,
      failures: createAuthFailures(authFailuresPerMinute, onLimit),
      ...(auth ? {} : { without: identifyLocally(true) }),
    }),
    onChange(listener) {
      keys.onChange(listener);
      denied.onChange(listener);
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

const locally = identifyLocally(false);

/** A token that nobody here can verify is refused, not ignored: whoever sends one must not believe that they were answered as who it names. */
const identifyWithoutTokens: Identify = async (request, init) => {
  if (readCredentials(request, init).token === undefined) return locally(request, init);
  throw new HubError('UNAUTHENTICATED', 'This hub takes no tokens, for its hub.yaml has no `auth`: it answers only its own machine, without one.');
};

async function keySetOf(auth: AuthConfiguration | undefined, store: Store, log: Logger): Promise<KeySet> {
  if (!auth) return createFixedKeySet(await developmentKeySet(store.settings));
  const { keys } = auth;
  if (keys.kind === 'jwks') return createRemoteKeySet({ url: keys.url, onFailure: (error) => log.warn({ err: error }, 'the issuer’s keys cannot be fetched') });
  try {
    return createFixedKeySet(await readFile(keys.path, 'utf8'));
  } catch (error) {
    throw new HubProblem(`auth.keysFile ${keys.path} holds no key set (${(error as Error).message}); write { "keys": […] } as the issuer publishes it`);
  }
}
