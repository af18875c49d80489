import type { Connector, KeyedRead, PreparedRequest, RunOptions } from '../../connectors/spi/connector.ts';
import type { Bindings, Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';

/** Keys of one statement. */
const KEYS_MAX = 64;
/** A read that is over sooner does not hear that its caller went away: to listen costs as much as to read. */
const DEAF_MS = 20;
/** What a source says to all who ask together; whatever else it says may be the fault of one of them. */
const COMMON: ReadonlySet<ErrorCode> = new Set(['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT', 'SOURCE_BUSY', 'SOURCE_CIRCUIT_OPEN', 'SOURCE_DRIFT']);

interface Asked {
  readonly bindings: Bindings;
  readonly call: RunOptions;
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The same source. Reads of one row by its key that many operations ask in one turn of the event loop go to it as one statement, those of equal rights and purpose together. */
export function gatherReads(connector: Connector, department: string): Connector {
  return {
    ...connector,
    prepare(request) {
      const prepared = connector.prepare(request);
      const { keyed } = prepared;
      if (!keyed) return prepared;
      let several: PreparedRequest | undefined;
      let waiting: Asked[] = [];
      const runTogether = createTogether(keyed, connector.source, department);
      const alone = ({ bindings, call, resolve, reject }: Asked): void => void prepared.run(bindings, call).then(resolve, reject);
      const prepareSeveral = (): PreparedRequest => (several ??= connector.prepare(keyed.request));
      const flush = (): void => {
        const groups = alike(waiting, keyed.key);
        waiting = [];
        for (const group of groups) {
          const [first] = group;
          if (group.length === 1 && first) alone(first);
          else void runTogether(prepareSeveral, group, alone);
        }
      };
      return {
        ...prepared,
        run: (bindings, call) => {
          if (call.alone) return prepared.run(bindings, call);
          return new Promise((resolve, reject) => {
            if (waiting.push({ bindings, call, resolve, reject }) === 1) setImmediate(flush);
          });
        },
      };
    },
  };
}

/** Those that differ in their key only, so many together as one statement takes. */
function alike(asked: readonly Asked[], key: string): readonly (readonly Asked[])[] {
  const groups: Asked[][] = [];
  for (const each of asked) {
    const group = groups.find((known) => known.length < KEYS_MAX && isAlike(known[0] as Asked, each, key));
    if (group) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

function isAlike(a: Asked, b: Asked, key: string): boolean {
  return (
    a.call.purpose === b.call.purpose &&
    a.call.timeoutMs === b.call.timeoutMs &&
    isSame(a.bindings.lists ?? {}, b.bindings.lists ?? {}) &&
    isSame(a.bindings.variables ?? {}, b.bindings.variables ?? {}, key)
  );
}

/** One statement names the same in all its runs. Lists of a plan's own are the same ones each time. */
function isSame(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>, except?: string): boolean {
  for (const name in a) if (name !== except && a[name] !== b[name]) return false;
  return true;
}

function createTogether(
  { key, limit }: KeyedRead,
  source: string,
  department: string,
): (prepareSeveral: () => PreparedRequest, group: readonly Asked[], alone: (asked: Asked) => void) => Promise<void> {
  const gone = (cause: unknown): HubError => new HubError('SOURCE_TIMEOUT', `source "${source}" did not answer in time`, { source, department, cause });

  /** Tells callers that go away at once, and the source once all have. */
  function heed(group: readonly Asked[], ending: AbortController): Disposable {
    let left = 0;
    const heard: (readonly [AbortSignal, () => void])[] = [];
    const listen = (): void => {
      for (const { call, reject } of group) {
        const { signal } = call;
        const leave = (): void => {
          reject(gone(signal.reason));
          if (++left === group.length) ending.abort(signal.reason);
        };
        if (signal.aborted) leave();
        else {
          signal.addEventListener('abort', leave, { once: true });
          heard.push([signal, leave]);
        }
      }
    };
    const timer = setTimeout(listen, DEAF_MS);
    return {
      [Symbol.dispose]() {
        clearTimeout(timer);
        for (const [signal, leave] of heard) signal.removeEventListener('abort', leave);
      },
    };
  }

  return async (prepareSeveral, group, alone) => {
    const { bindings, call } = group[0] as Asked;
    const ending = new AbortController();
    using _heed = heed(group, ending);
    try {
      const keys = group.map((asked, i) => [i, asked.bindings.variables?.[key] ?? null] as const);
      const found = await prepareSeveral().run({ ...bindings, keys }, { ...call, signal: ending.signal, maxRows: call.maxRows * group.length });
      group.forEach(({ resolve }, i) => {
        const rows = found[i]?.[0] as Row[];
        resolve(rows.length > limit ? rows.slice(0, limit) : rows);
      });
    } catch (error) {
      if (error instanceof HubError && COMMON.has(error.code)) for (const { reject } of group) reject(error);
      else for (const asked of group) alone(asked);
    }
  };
}
