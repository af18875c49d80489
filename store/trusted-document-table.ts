import { insertRows, textOf, type SqlSession } from './sql-session.ts';

/** A document that was registered beforehand. */
export interface TrustedDocument {
  /** SHA-256 of the text, in hexadecimal. */
  readonly digest: string;
  readonly name: string;
  readonly content: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface TrustedDocumentTable {
  list(): Promise<readonly Omit<TrustedDocument, 'content'>[]>;
  content(digest: string): Promise<string | undefined>;
  /** What is there stays. @returns how many are new */
  add(documents: readonly TrustedDocument[]): Promise<number>;
}

export function createTrustedDocumentTable(session: SqlSession): TrustedDocumentTable {
  return {
    async list() {
      const rows = await session.all('select digest, name, registered_by, at from trusted_document order by name, digest');
      return rows.map((row) => ({ digest: textOf(row, 'digest'), name: textOf(row, 'name'), by: textOf(row, 'registered_by'), at: textOf(row, 'at') }));
    },
    async content(digest) {
      const [row] = await session.all('select content from trusted_document where digest = ?', [digest]);
      return row && textOf(row, 'content');
    },
    add: (documents) =>
      insertRows(
        session,
        'trusted_document',
        ['digest', 'name', 'content', 'registered_by', 'at'],
        documents.map(({ digest, name, content, by, at }) => [digest, name, content, by, at]),
        '(digest) do nothing',
      ),
  };
}
