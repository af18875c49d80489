import type { Connector, TableRef } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { driftError } from './drift-error.ts';
import { readsOf } from './reads.ts';

/** What is known of a source's tables, and how to learn it anew. */
export interface Watch {
  readonly department: string;
  /** Tables whose columns are watched, with their fingerprint when they were last read; undefined before. */
  watched(): { readonly tables: readonly TableRef[]; readonly fingerprint: string } | undefined;
  /** Columns that can no longer be trusted, by `columnKey`. */
  distrusted(): ReadonlySet<string>;
  /** Reads the tables again, once for all who ask at the same time. */
  refresh(): Promise<void>;
}

/**
 * The same source, whose answers are true to the columns that they were asked of: after every run the tables' fingerprint is read, once for all runs that
 * wait for it, and an answer that may have been read from other columns fails with SOURCE_DRIFT instead of being given.
 */
export function verifiedConnector(connector: Connector, watch: Watch): Connector {
  const { source } = connector;
  const isOther = shared(async (fingerprint: Fingerprint) => {
    const { tables = [] } = watch.watched() ?? {};
    const found = await fingerprint(tables);
    return found !== (watch.watched()?.fingerprint ?? found);
  });
  const drifted = (): HubError =>
    driftError(source, watch.department, `${watch.department} changed a table that this is read from; its data officer must publish a repaired mapping`);
  return {
    ...connector,
    prepare(request) {
      const prepared = connector.prepare(request);
      const { columns } = readsOf(request);
      const isDistrusted = (): boolean => {
        const distrusted = watch.distrusted();
        if (distrusted.size === 0) return false;
        for (const column of columns) if (distrusted.has(column)) return true;
        return false;
      };
      return {
        ...prepared,
        async run(bindings, call) {
          if (isDistrusted()) throw drifted();
          try {
            let changed = false;
            const verify = async (fingerprint: Fingerprint): Promise<void> => void (changed = await isOther(fingerprint));
            const rows = await prepared.run(bindings, { ...call, verify });
            // Not before: reading the tables again takes a connection, which the run has given back by now.
            if (changed) await watch.refresh();
            if (isDistrusted()) throw drifted();
            return rows;
          } catch (error) {
            if (error instanceof HubError && error.code === 'SOURCE_DRIFT') await watch.refresh();
            throw error;
          }
        },
      };
    },
  };
}

type Fingerprint = (tables: readonly TableRef[]) => Promise<string>;

/** Each caller gets the outcome of work that began after it asked; those who wait share one, done by the first of them, and do it themselves when that fails. */
function shared(work: (by: Fingerprint) => Promise<boolean>): (by: Fingerprint) => Promise<boolean> {
  let running: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;
  const start = (by: Fingerprint): Promise<boolean> => {
    const run = work(by).finally(() => {
      if (running === run) running = undefined;
    });
    running = run;
    return run;
  };
  return async (by) => {
    if (!running) return start(by);
    if (next) return next.catch(() => work(by));
    const mine = running
      .catch(() => false)
      .then(() => {
        next = undefined;
        return start(by);
      });
    next = mine;
    return mine;
  };
}
