/** What the statements mean that the binary log holds as text. Each is one statement as a person wrote it, comments and all. */

const NAME = '(?:`(?<quoted>(?:[^`]|``)+)`|(?<plain>[^\\s`.,;()]+))';
const TRUNCATE = new RegExp(`^truncate\\s+(?:table\\s+)?(?:(?:\`(?<schema>[^\`]+)\`|(?<bare>[^\\s\`.]+))\\s*\\.\\s*)?${NAME}`, 'i');
const DEFINES = /^(?:alter|rename|drop|create)\s+(?:or\s+replace\s+|online\s+|offline\s+|ignore\s+|temporary\s+)*table/i;

/** The table of this database that a statement empties. */
export function truncatedTable(statement: string, schema: string, database: string): string | undefined {
  const groups = TRUNCATE.exec(withoutComments(statement))?.groups;
  if (groups === undefined || (groups['schema'] ?? groups['bare'] ?? schema) !== database) return undefined;
  return groups['quoted']?.replaceAll('``', '`') ?? groups['plain'];
}

/** The first of these tables that a definition names: rather one too many than one too few. */
export function alteredTable(statement: string, schema: string, database: string, tables: readonly string[]): string | undefined {
  const text = withoutComments(statement);
  if (!DEFINES.test(text) || (schema !== database && !text.includes(database))) return undefined;
  const words = new Set(text.match(/`(?:[^`]|``)+`|[^\s`.,;()]+/g)?.map((word) => (word.startsWith('`') ? word.slice(1, -1).replaceAll('``', '`') : word)));
  return tables.find((table) => words.has(table));
}

export function createsTable(statement: string): boolean {
  return /^create\s+(?:or\s+replace\s+)?table\b/i.test(withoutComments(statement));
}

/** Rows that are written, not told: in a transaction the log of rows holds no other text than definitions. */
export function writesRows(statement: string, isAlone: boolean): boolean {
  const text = withoutComments(statement);
  return /^(insert|update|delete|replace|load\s+data|with)\b/i.test(text) || (!isAlone && !DEFINES.test(text) && !/^truncate\b/i.test(text));
}

function withoutComments(statement: string): string {
  return statement.replace(/^(?:\s|\/\*(?!!)[\s\S]*?\*\/|--[^\n]*\n|#[^\n]*\n)+/, '');
}
