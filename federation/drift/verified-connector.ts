import type { CallOptions, Connector, Fingerprint, RunOptions, TableRef } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { driftError } from './drift-error.ts';
import { readsOf } from './reads.ts';
import { createSharedCheck, type Arrival, type SharedCheck } from './shared-check.ts';

/** What is known of a source's tables, and how to learn it anew. */
export interface Watch {
  readonly department: string;
  /** Fingerprints of the tables whose columns are watched when they were last read, by `tableKey`; undefined before. */
  watched(): ReadonlyMap<string, string> | undefined;
  /** Columns that can no longer be trusted, by `columnKey`. */
  distrusted(): ReadonlySet<string>;
  /** Columns of whole numbers that need 64 bits; another set whenever the tables have been read. */
  large(): ReadonlySet<string>;
  /** Reads the tables again, once for all who ask at the same time. */
  refresh(): Promise<void>;
}

/** Tables that some requests read, with the check that these share. */
interface Checked {
  readonly check: SharedCheck;
  readonly isOther: (ask: Fingerprint) => Promise<boolean>;
}

/** Of an answer that is checked by itself. */
function apart(outcome: Promise<boolean>): Arrival {
  return { mine: outcome.then(() => undefined), outcome };
}

/**
 * The same source, whose answers are true to the columns that they were asked of: after every run the fingerprint of its tables is read, once for all runs
 * that wait for it, and an answer that may have been read from other columns fails with SOURCE_DRIFT instead of being given.
 */
export function verifiedConnector(connector: Connector, watch: Watch): Connector {
  const { source } = connector;
  const checks = new Map<string, Checked>();
  const checkOf = (tables: ReadonlyMap<string, TableRef>): Checked => {
    const keys = [...tables.keys()].toSorted();
    const name = keys.join();
    let known = checks.get(name);
    if (!known) {
      const refs = keys.map((key) => tables.get(key) as TableRef);
      const isOther = async (ask: Fingerprint): Promise<boolean> => {
        const found = refs.length === 0 ? [] : await ask(refs);
        return keys.some((key, i) => found[i] !== (watch.watched()?.get(key) ?? found[i]));
      };
      checks.set(name, (known = { isOther, check: createSharedCheck(isOther) }));
    }
    return known;
  };
  const drifted = (): HubError =>
    driftError(source, watch.department, `${watch.department} changed a table that this is read from; its data officer must publish a repaired mapping`);
  return {
    ...connector,
    prepare(request) {
      const prepared = connector.prepare(request);
      const { columns, tables, small } = readsOf(request);
      const checked = checkOf(tables);
      let fitting: ReadonlySet<string> | undefined;
      /** A plan that was made before its columns became larger. */
      const isOutgrown = (): boolean => {
        const large = watch.large();
        if (large === fitting) return false;
        for (const column of small) if (large.has(column)) return true;
        fitting = large;
        return false;
      };
      const isDistrusted = (): boolean => {
        const distrusted = watch.distrusted();
        if (distrusted.size === 0) return false;
        for (const column of columns) if (distrusted.has(column)) return true;
        return false;
      };
      const isOther = async ({ outcome }: Arrival, call: CallOptions): Promise<boolean> => {
        try {
          return await outcome;
        } catch {
          // Whoever asked for all lost its connection.
          return checked.isOther((refs) => connector.fingerprint(refs, call));
        }
      };
      const verified = async <T>(ask: (call: RunOptions) => Promise<T>, call: RunOptions): Promise<T> => {
        if (isDistrusted()) throw drifted();
        const before = watch.watched();
        const wasAltered = (): boolean => [...tables.keys()].some((key) => before?.get(key) !== watch.watched()?.get(key));
        const run = checked.check.begin();
        try {
          let arrival: Arrival | undefined;
          const verify: RunOptions['verify'] = (fingerprint, asked) => {
            if (asked === 'after') arrival = run.arrive(fingerprint);
            else {
              run.end(); // nobody who shares a check need wait for this one
              arrival = apart(checked.isOther(fingerprint));
            }
            return arrival.mine;
          };
          const rows = await ask({ ...call, verify });
          // Not before: reading the tables again takes a connection, which the run has given back by now.
          if (arrival && (await isOther(arrival, call))) await watch.refresh();
          if (isDistrusted() || isOutgrown()) throw drifted();
          return rows;
        } catch (error) {
          const code = error instanceof HubError ? error.code : 'INTERNAL_SERVER_ERROR';
          // What a source refuses, or gives and nobody can read, may be asked of columns as they were: text is not compared with a number.
          const isRefused = code === 'INTERNAL_SERVER_ERROR';
          // Somebody else may read the tables again while this asks for their fingerprint.
          const isAltered = isRefused && ((await checked.isOther((refs) => connector.fingerprint(refs, call))) || isDistrusted() || wasAltered());
          if (isAltered || code === 'SOURCE_DRIFT') await watch.refresh();
          throw isAltered ? drifted() : error;
        } finally {
          run.end();
        }
      };
      const { printed } = prepared;
      return {
        ...prepared,
        run: (bindings, call) => verified((checkedCall) => prepared.run(bindings, checkedCall), call),
        ...(printed && {
          printed: { decode: printed.decode, run: (bindings, call, sink) => verified((checkedCall) => printed.run(bindings, checkedCall, sink), call) },
        }),
      };
    },
  };
}
