import { hash } from 'node:crypto';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { DocumentRow } from '../../store/document-table.ts';
import type { Store } from '../../store/store.ts';
import { checkDocument, type CheckSchema } from './check-document.ts';
import type { ManifestEntry } from './read-manifest.ts';

/** An operation that an app registered; its `id` stands for one text in the whole hub. */
export type TrustedDocument = DocumentRow;

/** What is wrong with an entry of a manifest. */
export interface DocumentProblem {
  readonly id: string;
  readonly message: string;
}

export interface Pushed {
  readonly added: number;
  /** Were there already, by this app. */
  readonly unchanged: number;
  /** Nothing was registered when there are any. */
  readonly problems: readonly DocumentProblem[];
}

/** The operations that apps have registered before they send them: kept in the store, known to every instance within two seconds. */
export interface TrustedDocuments extends AsyncDisposable {
  /** By app, name and id. */
  list(): readonly TrustedDocument[];
  /** By its id, or by the SHA-256 of its text in hexadecimal. */
  find(id: string): TrustedDocument | undefined;
  /** Registers all of a manifest, or nothing. @param check the schema that they must fit @param by who does it */
  push(app: string, entries: readonly ManifestEntry[], options: { readonly check: CheckSchema; readonly by: string }): Promise<Pushed>;
}

export interface TrustedDocumentsOptions {
  readonly store: Store;
  readonly clock: () => Date;
  readonly onFailure: (error: unknown) => void;
}

const POLL_MS = 2_000;
const DOCUMENTS_MAX = 10_000;
const APP = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

export async function createTrustedDocuments({ store, clock, onFailure }: TrustedDocumentsOptions): Promise<TrustedDocuments> {
  let known = index([]);
  let revision = 0;
  let reading: Promise<void> | undefined;
  const refresh = async (): Promise<void> => {
    const now = await store.documents.revision();
    if (now === revision) return;
    known = index(await store.documents.list());
    revision = now;
  };
  await refresh();
  const timer = setInterval(() => {
    reading ??= refresh()
      .catch(onFailure)
      .finally(() => (reading = undefined));
  }, POLL_MS);
  timer.unref();
  return {
    list: () => known.rows,
    find: (id) => known.byId.get(id) ?? known.byHash.get(id),
    async push(app, entries, { check, by }) {
      if (!APP.test(app))
        throw new HubError('BAD_USER_INPUT', 'An app’s name is at most 64 letters, digits, blanks and . _ -, and begins with a letter or digit.');
      const checked = entries.map((entry) => ({ entry, ...checkDocument(entry.document, check) }));
      const at = clock().toISOString();
      const pushed = await store.transaction(async ({ documents }) => {
        const there = index(await documents.list());
        const problems = checked.flatMap(({ entry, faults }) => [...faults, ...clash(entry, there)].map((message) => ({ id: entry.id, message })));
        const added = checked.filter(({ entry }) => !there.rows.some((row) => row.app === app && row.id === entry.id));
        if (there.rows.length + added.length > DOCUMENTS_MAX)
          throw new HubError(
            'BAD_USER_INPUT',
            `The hub holds ${there.rows.length} trusted documents and takes at most ${DOCUMENTS_MAX}; remove those of old versions.`,
          );
        if (problems.length === 0) await documents.add(added.map(({ entry, name }) => ({ app, ...entry, name, by, at })));
        return { added: added.length, unchanged: entries.length - added.length, problems };
      });
      await refresh();
      return pushed;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reading;
    },
  };
}

interface Index {
  readonly rows: readonly TrustedDocument[];
  readonly byId: ReadonlyMap<string, TrustedDocument>;
  readonly byHash: ReadonlyMap<string, TrustedDocument>;
}

function index(rows: readonly TrustedDocument[]): Index {
  return { rows, byId: new Map(rows.map((row) => [row.id, row])), byHash: new Map(rows.map((row) => [hash('sha256', row.document), row])) };
}

/** One id with two texts would be answered by chance. */
function clash({ id, document }: ManifestEntry, { byId, byHash }: Index): string[] {
  const same = byId.get(id);
  if (same && same.document !== document)
    return [`its id already stands for another text of app "${same.app}"; let ids be made of the text, or remove that document first`];
  const hashed = byHash.get(id);
  return hashed && hashed.document !== document ? [`its id is the SHA-256 of another text, which app "${hashed.app}" registered`] : [];
}
