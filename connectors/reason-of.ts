/** What servers and networks say of a connection that does not come about, and what is to be mended. No value of the address is repeated. */
const REASONS: readonly (readonly [reason: string, ...codes: readonly string[]])[] = [
  ['nothing listens at its address: is the server running, are host and port of its url right?', 'ECONNREFUSED'],
  ['nobody knows the host of its url', 'ENOTFOUND', 'EAI_AGAIN'],
  ['its host does not answer: is a firewall in between, or a server of another kind?', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEOUT'],
  ['user or password of its url are refused', '28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'],
  ['there is no such database, or its user may not enter it', '3D000', 'ER_BAD_DB_ERROR', 'ER_DBACCESS_DENIED_ERROR'],
  ['its user may not read; `yiwang grants` prints what is needed', '42501', 'ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR'],
  ['its url leads to no file that can be opened; a relative one leads from hub.yaml', 'SQLITE_14'],
  ['its url leads to a file that is no SQLite database', 'SQLITE_26'],
];

/** Why a source cannot be reached, for the person who can mend it; the driver's own code where nothing is known of it. Clients are not told. */
export function reasonOf(cause: unknown): string | undefined {
  const code = codeOf(cause);
  return REASONS.find(([, ...codes]) => code !== undefined && codes.includes(code))?.[0] ?? code;
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  const errors = 'errors' in cause && Array.isArray(cause.errors) ? (cause.errors as readonly unknown[]) : [];
  return codeOf('cause' in cause ? cause.cause : undefined) ?? errors.map(codeOf).find((code) => code !== undefined);
}
