import { LRUCache } from 'lru-cache';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { DocumentSettings } from '../../schema/model/configuration.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { TrustedDocuments } from '../../access/documents/trusted-documents.ts';
import { documentHash } from '../record-operation.ts';

/** How an operation's text came: registered, under a hash that a client sent with it before, or as it is. */
export type DocumentKind = 'trusted' | 'automatic' | 'free';

/** An operation as a client of any transport sends it. */
export interface SentOperation {
  readonly query?: string | undefined;
  /** Names a trusted document in the text's place. */
  readonly documentId?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** `persistedQuery: { version: 1, sha256Hash }` is Apollo's way to the same, and to automatic persisted queries. */
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

export type ResolvedOperation = Omit<SentOperation, 'documentId'>;

/**
 * The operation with its text in place of whatever named it; what names none and has none comes back as it was.
 * @throws {HubError} PERSISTED_QUERY_NOT_FOUND | PERSISTED_QUERY_NOT_SUPPORTED | TRUSTED_DOCUMENT_REQUIRED | BAD_REQUEST
 */
export type ResolveDocument = (sent: SentOperation, principal: Principal) => ResolvedOperation;

export interface ResolveDocumentOptions {
  readonly settings: DocumentSettings;
  readonly documents: Pick<TrustedDocuments, 'find' | 'list'>;
  /** Told of every operation whose text was found. */
  readonly onDocument: (kind: DocumentKind) => void;
}

/** Characters that automatic persisted queries hold together. */
const AUTOMATIC_CHARACTERS = 16_000_000;
/** What clients look for in order to send the text along. */
const NOT_FOUND = 'PersistedQueryNotFound';
const HASH = /^[0-9a-f]{64}$/;

/** The one way from what is sent to a text, whatever the transport: who may send only trusted documents is held to it here. */
export function createResolveDocument({ settings, documents, onDocument }: ResolveDocumentOptions): ResolveDocument {
  const automatic =
    settings.automatic === 0
      ? undefined
      : new LRUCache<string, string>({ max: settings.automatic, maxSize: AUTOMATIC_CHARACTERS, sizeCalculation: (text) => text.length + 64 });
  const trustedOnly = ({ roles, unverified }: Principal): boolean =>
    settings.trustedOnly.length > 0 && unverified === undefined && roles.every((role) => settings.trustedOnly.includes(role));

  return (sent, principal) => {
    const { documentId, query: given, extensions, ...rest } = sent;
    const { persistedQuery, ...others } = extensions ?? {};
    const text = given === '' ? undefined : given;
    const found = (query: string, kind: DocumentKind): ResolvedOperation => {
      onDocument(kind);
      return { ...rest, query, ...(Object.keys(others).length > 0 ? { extensions: others } : {}) };
    };
    const isTrusted = (query: string): boolean => documents.list().length > 0 && documents.find(documentHash(query))?.document === query;
    const required = (): HubError =>
      new HubError(
        'TRUSTED_DOCUMENT_REQUIRED',
        'Your roles may send only operations that their app has registered; send its documentId, or let the app register it.',
      );

    if (documentId !== undefined && documentId !== null) {
      if (typeof documentId !== 'string') throw new HubError('BAD_REQUEST', 'documentId is no text.');
      if (text !== undefined) throw new HubError('BAD_REQUEST', 'Send query or documentId, not both.');
      const document = documents.find(documentId.replace(/^sha256:/, ''));
      if (!document) throw new HubError('PERSISTED_QUERY_NOT_FOUND', 'No document is registered under this documentId.');
      return found(document.document, 'trusted');
    }
    if (persistedQuery !== undefined && persistedQuery !== null) {
      const id = idOf(persistedQuery);
      const document = documents.find(id);
      if (document && (text === undefined || text === document.document)) return found(document.document, 'trusted');
      if (text === undefined) {
        const kept = trustedOnly(principal) ? undefined : automatic?.get(id);
        if (kept !== undefined) return found(kept, 'automatic');
        if (!automatic) throw new HubError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
        throw new HubError('PERSISTED_QUERY_NOT_FOUND', NOT_FOUND);
      }
      if (HASH.test(id) ? documentHash(text) !== id : document === undefined) throw new HubError('BAD_REQUEST', 'sha256Hash is not the SHA-256 of the query.');
      if (trustedOnly(principal) && !isTrusted(text)) throw required();
      automatic?.set(id, text);
      return found(text, 'automatic');
    }
    if (text === undefined) return sent;
    const trusted = isTrusted(text);
    if (!trusted && trustedOnly(principal)) throw required();
    onDocument(trusted ? 'trusted' : 'free');
    return sent;
  };
}

function idOf(persistedQuery: unknown): string {
  const { version, sha256Hash } = persistedQuery as { readonly version?: unknown; readonly sha256Hash?: unknown };
  if (version !== 1) throw new HubError('BAD_REQUEST', 'extensions.persistedQuery has another version than 1.');
  if (typeof sha256Hash !== 'string' || sha256Hash === '') throw new HubError('BAD_REQUEST', 'extensions.persistedQuery has no sha256Hash.');
  return sha256Hash;
}
