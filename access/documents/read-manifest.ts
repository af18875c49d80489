/** An operation of a manifest. */
export interface ManifestEntry {
  readonly id: string;
  readonly document: string;
}

/** What is wrong with a manifest, for whoever wrote it. */
export class ManifestProblem extends Error {}

const APOLLO_FORMAT = 'apollo-persisted-query-manifest';
const ID = /^[\w.:+/=-]{1,200}$/;

/**
 * The operations of a manifest as build tools write it: a map from id to text (GraphQL Code Generator's `persistedDocuments`, Relay's `persistConfig.file`),
 * pairs of both, or Apollo's `{ format: "apollo-persisted-query-manifest", operations: [{ id, body }] }`. @throws {ManifestProblem}
 */
export function readManifest(text: string): readonly ManifestEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ManifestProblem('it is not JSON; let your build tool write it');
  }
  const pairs = pairsOf(value);
  const entries = pairs.map(([id, document], index) => entryOf(id, document, index));
  if (entries.length === 0) throw new ManifestProblem('it holds no operation');
  const texts = new Map<string, string>();
  for (const { id, document } of entries) {
    if ((texts.get(id) ?? document) !== document) throw new ManifestProblem(`id "${id}" stands for two texts`);
    texts.set(id, document);
  }
  return [...texts].map(([id, document]) => ({ id, document }));
}

function pairsOf(value: unknown): readonly (readonly [id: unknown, document: unknown])[] {
  if (Array.isArray(value)) return value.map((pair: unknown) => (Array.isArray(pair) && pair.length === 2 ? [pair[0], pair[1]] : [undefined, undefined]));
  if (typeof value !== 'object' || value === null) throw new ManifestProblem('it is neither a map from id to text nor a list');
  if (!('format' in value)) return Object.entries(value);
  const { format, version, operations } = value as Readonly<Record<string, unknown>>;
  if (format !== APOLLO_FORMAT || version !== 1 || !Array.isArray(operations))
    throw new ManifestProblem(`its format is not ${APOLLO_FORMAT}, version 1, with a list of operations`);
  return operations.map((each: unknown) => {
    const { id, body } = (each ?? {}) as Readonly<Record<string, unknown>>;
    return [id, body];
  });
}

function entryOf(id: unknown, document: unknown, index: number): ManifestEntry {
  if (typeof id !== 'string' || !ID.test(id)) throw new ManifestProblem(`entry ${index + 1} has no usable id (letters, digits and . : + / = - _, at most 200)`);
  if (typeof document !== 'string' || document === '') throw new ManifestProblem(`entry "${id}" has no text`);
  return { id, document };
}
