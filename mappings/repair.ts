import type { Drift } from '../federation/drift/compare-catalogs.ts';
import type { ReleaseFile } from '../schema/model/release.ts';
import { tablePattern } from '../schema/parse/table-pattern.ts';
import { parseYaml, type YamlNode } from '../schema/parse/yaml.ts';

/** Keys whose own keys are columns. */
const KEYED_BY_COLUMN: ReadonlySet<string> = new Set(['where', 'only', 'deleted', 'confirmed', 'on']);
/** Keys whose own keys a person has named. */
const NAMED: ReadonlySet<string> = new Set(['fields', 'evidence', 'values', 'measures']);
/** Keys whose texts are never columns. */
const NO_COLUMNS: ReadonlySet<string> = new Set([
  'source',
  'table',
  'tables',
  'union',
  'as',
  'of',
  'fn',
  'constant',
  'date',
  'time',
  'codes',
  'boolean',
  'number',
  'amount',
  'scale',
  'normalize',
  'replace',
  'extract',
  'path',
  'separator',
  'separators',
  'crosswalk',
]);

interface Edit {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text: string;
}

type Names = ReadonlyMap<string, string>;

/** Names that columns lost, of the tables that some part of a mapping reads. */
interface Scope {
  readonly own: Names;
  /** Of dictionary rows, by the name that the part gives them. */
  readonly lookups: ReadonlyMap<string, Names>;
}

/**
 * A proposal for mappings whose source renamed or exchanged columns: each name that a column lost is replaced by the one that it has now, where the mapping
 * reads its table, and nothing else is touched. Undefined where there is nothing that could be replaced. A person looks at it before it is published.
 */
export function repairedText(file: ReleaseFile, drifts: readonly Drift[]): string | undefined {
  const { root } = parseYaml(file.text, file.path);
  if (!root) return undefined;
  const edits: Edit[] = [];
  const replace = (text: string, { line, column }: YamlNode['place'], { own, lookups }: Scope): void => {
    const descending = text.startsWith('-') ? '-' : '';
    const name = text.slice(descending.length);
    const dot = name.indexOf('.');
    // A column of a dictionary row is written after its name: `method.mc`.
    const dictionary = lookups.has(name.slice(0, dot)) ? name.slice(0, dot + 1) : '';
    const now = (dictionary === '' ? own : lookups.get(name.slice(0, dot)))?.get(name.slice(dictionary.length));
    if (now !== undefined) edits.push({ line, column, length: text.length, text: `${descending}${dictionary}${now}` });
  };
  const visit = (node: YamlNode, scope: Scope, keyedByColumn = false): void => {
    if (node.kind === 'scalar') return replace(node.text, node.place, scope);
    if (node.kind === 'list') return node.items.forEach((item) => visit(item, scope));
    for (const [key, part] of node.entries) {
      if (keyedByColumn) replace(key, part.keyPlace, scope);
      else if (key === 'lookups') for (const [name, lookup] of part.entries) visitLookup(lookup, scope.own, scope.lookups.get(name) ?? new Map());
      else if (NAMED.has(key)) for (const named of part.entries.values()) visit(named, scope);
      else if (!NO_COLUMNS.has(key)) visit(part, scope, KEYED_BY_COLUMN.has(key));
    }
  };
  const visitLookup = ({ entries }: YamlNode, own: Names, dictionary: Names): void => {
    for (const [key, part] of entries.get('on')?.entries ?? []) {
      replace(key, part.keyPlace, { own, lookups: new Map() });
      visit(part, { own: dictionary, lookups: new Map() });
    }
    for (const key of ['where', 'order']) {
      const part = entries.get(key);
      if (part) visit(part, { own: dictionary, lookups: new Map() }, key === 'where');
    }
  };
  const scopeOf = (rows: YamlNode | undefined): Scope => ({
    own: namesIn(rows, drifts),
    lookups: new Map([...(rows?.entries.get('lookups')?.entries ?? [])].map(([name, lookup]) => [name, namesIn(lookup, drifts)])),
  });
  const types = root.entries.get('types')?.entries ?? new Map<string, YamlNode>();
  for (const type of types.values()) visit(type, scopeOf(type.entries.get('rows')));
  for (const crosswalk of root.entries.get('crosswalks')?.entries.values() ?? []) {
    const of = crosswalk.entries.get('of')?.text;
    visit(crosswalk, scopeOf(of === undefined ? (crosswalk.entries.get('rows') ?? crosswalk) : types.get(of)?.entries.get('rows')));
  }
  return edits.length === 0 ? undefined : apply(file.text, edits);
}

/** Of the tables that a part names, as text or as `table`, `tables` or `union`. */
function namesIn(part: YamlNode | undefined, drifts: readonly Drift[]): Names {
  const named = part?.kind === 'scalar' ? [part] : [part?.entries.get('table'), part?.entries.get('tables')];
  const tables = [...named, ...(part?.entries.get('union')?.items.map(({ entries }) => entries.get('table')) ?? [])].flatMap((node) => node?.text ?? []);
  return new Map(
    drifts.flatMap(({ schema, table, column, successor }) =>
      column !== undefined && successor !== undefined && tables.some((text) => isNamed(text, table, schema)) ? [[column, successor] as const] : [],
    ),
  );
}

function isNamed(text: string, table: string, schema = ''): boolean {
  const fits = tablePattern(text.replaceAll('"', ''));
  return fits.test(table) || fits.test(`${schema}.${table}`);
}

/** Last places first, so that earlier ones stay where they are. A quoted text keeps its quotes. */
function apply(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  for (const { line, column, length, text: now } of edits.toSorted((a, b) => b.line - a.line || b.column - a.column)) {
    const old = lines[line - 1] ?? '';
    const start = column - 1 + (/["']/.test(old[column - 1] ?? '') ? 1 : 0);
    lines[line - 1] = old.slice(0, start) + now + old.slice(start + length);
  }
  return lines.join('\n');
}
