/** An entity's type and its key, in the order of the type's key fields. */
export interface GlobalKey {
  readonly type: string;
  readonly key: readonly (string | number | boolean)[];
}

/** An opaque id of an entity, the same for the same entity for ever. */
export function encodeGlobalId(type: string, key: readonly (string | number | boolean)[]): string {
  return Buffer.from(JSON.stringify([type, ...key])).toString('base64url');
}

/** What an id made by `encodeGlobalId` names; null for any other text. */
export function decodeGlobalId(id: string): GlobalKey | null {
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(id, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(data)) return null;
  const [type, ...key] = data as unknown[];
  if (typeof type !== 'string' || key.length === 0 || !key.every(isKeyPart)) return null;
  // Other spellings of the same bytes are no ids: one entity, one id.
  return encodeGlobalId(type, key) === id ? { type, key } : null;
}

function isKeyPart(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
