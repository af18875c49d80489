import type { Drift } from '../federation/drift/compare-catalogs.ts';
import type { ReleaseFile } from '../schema/model/release.ts';
import { parseYaml, type YamlNode } from '../schema/parse/yaml.ts';

/** Keys whose own keys are columns. */
const KEYED_BY_COLUMN: ReadonlySet<string> = new Set(['where', 'only', 'deleted', 'confirmed', 'on']);
/** Keys whose texts are never columns. */
const NO_COLUMNS: ReadonlySet<string> = new Set([
  'source',
  'constant',
  'date',
  'codes',
  'normalize',
  'separator',
  'separators',
  'pattern',
  'crosswalk',
  'scale',
  'of',
]);

interface Edit {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text: string;
}

/**
 * A proposal for mappings whose source renamed or exchanged columns: each name that a column lost is replaced by the one that it has now, nothing else is
 * touched. Undefined where there is nothing that could be replaced. A person looks at it before it is published.
 */
export function repairedText(file: ReleaseFile, drifts: readonly Drift[]): string | undefined {
  const names = new Map(drifts.flatMap(({ column, successor }) => (column === undefined || successor === undefined ? [] : [[column, successor] as const])));
  const { root } = parseYaml(file.text, file.path);
  if (!root || names.size === 0) return undefined;
  const edits: Edit[] = [];
  const replace = (text: string, { line, column }: YamlNode['place']): void => {
    // A column of a dictionary row is written after its name: `method.mc`.
    const [own = '', dictionary] = text.split('.').toReversed();
    const now = names.get(own);
    if (now !== undefined) edits.push({ line, column, length: text.length, text: dictionary === undefined ? now : `${dictionary}.${now}` });
  };
  const visit = (node: YamlNode, keyedByColumn: boolean): void => {
    if (node.kind === 'scalar') return replace(node.text, node.place);
    if (node.kind === 'list') return node.items.forEach((item) => visit(item, false));
    for (const [key, part] of node.entries) {
      if (keyedByColumn) replace(key, part.keyPlace);
      else if (!NO_COLUMNS.has(key)) visit(part, KEYED_BY_COLUMN.has(key));
    }
  };
  visit(root, false);
  return edits.length === 0 ? undefined : apply(file.text, edits);
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
