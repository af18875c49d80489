import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { Problem } from '../errors/problem.ts';
import type { Place } from '../model/unified.ts';
import { composeDocuments, MAX_DEPTH, MAX_SYNTAX_PROBLEMS } from './yaml-compose.ts';
import { explainSyntax } from './yaml-syntax.ts';

/** Plain data of a YAML file; every object has no prototype, so that no key of a file can shadow or reach one. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };
export type YamlPath = readonly (string | number)[];

/** A value with its place. `entries` are empty but for a map, `items` but for a list. */
export interface YamlNode {
  readonly kind: 'map' | 'list' | 'scalar';
  readonly value: YamlValue;
  /** A scalar as written: `01` stays `01`, `0.10` stays `0.10`. */
  readonly text: string;
  readonly place: Place;
  /** Where its key stands; for what is not in a map, the same as `place`. */
  readonly keyPlace: Place;
  readonly entries: ReadonlyMap<string, YamlNode>;
  readonly items: readonly YamlNode[];
}

export interface YamlDocument {
  readonly value: YamlValue;
  /** Absent when nothing could be read. */
  readonly root?: YamlNode;
  readonly problems: readonly Problem[];
  /** The value's place; for a path that leads nowhere, that of the last step that exists. */
  readonly placeOf: (path: YamlPath) => Place;
}

const MAX_BYTES = 1024 * 1024;
const MAX_LINES = 20_000;
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads one YAML 1.2 document into plain data in which every value knows its place. Never throws: whatever is wrong is a problem.
 *
 * Narrower than YAML where YAML surprises: keys are text whether quoted or not and must be unique as text; an unquoted number is a number only
 * in its plainest spelling (`01`, `1_000`, `0x1F`, `1.50` are text); no anchors, aliases, tags or several documents; 1 MiB, 20,000 lines and 40 levels at most.
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const problems: Problem[] = [];
  const start: Place = { file, line: 1, column: 1 };
  const refuse = (place: Place, message: string, remedy: string): void => void problems.push({ ...place, message, remedy, severity: 'error' });
  let root: YamlNode | undefined;
  if (Buffer.byteLength(text) > MAX_BYTES) {
    refuse(start, 'the file is larger than 1 MiB', 'split it into several files');
  } else if (countLines(text) > MAX_LINES) {
    refuse(start, `the file has more than ${MAX_LINES} lines`, 'split it into several files');
  } else {
    try {
      root = read(text, file, refuse);
    } catch (error) {
      // The library must not be able to take the process down by a file it was not made for.
      refuse(start, 'the file cannot be read as YAML', `simplify it (${error instanceof RangeError ? 'it nests too deeply' : 'its structure is unusual'})`);
    }
  }
  return {
    value: root?.value ?? null,
    ...(root === undefined ? {} : { root }),
    problems,
    placeOf: (path) => (root === undefined ? start : nodeAt(root, path).place),
  };
}

/** The node at a path, or the last one on the way that exists. */
export function nodeAt(root: YamlNode, path: YamlPath): YamlNode {
  let node = root;
  for (const step of path) {
    const next = typeof step === 'number' ? (node.items[step] ?? node.entries.get(String(step))) : (node.entries.get(step) ?? node.items[Number(step)]);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

type Refuse = (place: Place, message: string, remedy: string) => void;

function read(text: string, file: string, refuse: Refuse): YamlNode | undefined {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const documents = composeDocuments(text, lines, (offset) => refuse(placeAt(offset), `the file nests deeper than ${MAX_DEPTH} levels`, 'flatten it'));
  if (documents === undefined) return undefined;
  const [document, second] = documents;
  if (document === undefined) return emptyNode({ file, line: 1, column: 1 });
  if (second !== undefined) refuse(placeAt(second.range[0]), 'the file holds more than one document', 'remove the line "---" or use two files');
  let last = -1;
  for (const error of document.errors.slice(0, MAX_SYNTAX_PROBLEMS)) {
    const { message, remedy } = explainSyntax(error.code);
    // Several complaints about one place are one mistake.
    if (error.pos[0] !== last) refuse(placeAt(error.pos[0]), message, remedy);
    last = error.pos[0];
  }
  if (document.errors.length > 0) return undefined;
  return convert(document.contents, placeAt(document.range?.[0] ?? 0), placeAt, refuse);
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0 && count <= MAX_LINES; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

const NO_ENTRIES: ReadonlyMap<string, YamlNode> = new Map();

function emptyNode(place: Place): YamlNode {
  return { kind: 'scalar', value: null, text: '', place, keyPlace: place, entries: NO_ENTRIES, items: [] };
}

function convert(node: Node | null | undefined, fallback: Place, placeAt: (offset: number) => Place, refuse: Refuse, keyPlace?: Place): YamlNode {
  if (node === null || node === undefined) return { ...emptyNode(fallback), keyPlace: keyPlace ?? fallback };
  const place = node.range ? placeAt(node.range[0]) : fallback;
  const base = { place, keyPlace: keyPlace ?? place };
  if (isAlias(node)) {
    refuse(place, 'aliases (*name) are not allowed', 'repeat the value');
    return { ...emptyNode(place), ...base };
  }
  refuseAnchor(node, place, refuse);
  if (node.tag !== undefined && node.tag !== '') refuse(place, 'tags (!name) are not allowed', 'remove the tag; quote the value if it is text');
  if (isMap(node)) return { ...base, kind: 'map', text: '', items: [], ...convertMap(node.items as readonly MapItem[], place, placeAt, refuse) };
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(item as Node | null, place, placeAt, refuse));
    return { ...base, kind: 'list', text: '', entries: NO_ENTRIES, items, value: items.map((item) => item.value) };
  }
  if (!isScalar(node)) return { ...emptyNode(place), ...base };
  const text = typeof node.value === 'string' ? node.value : '';
  return { ...base, kind: 'scalar', text, entries: NO_ENTRIES, items: [], value: node.type === 'PLAIN' ? plainScalar(text) : text };
}

/** Nothing may refer to it, so it means nothing. */
function refuseAnchor(node: Node, place: Place, refuse: Refuse): void {
  if ('anchor' in node && node.anchor !== undefined) refuse(place, 'anchors (&name) are not allowed', 'remove the anchor; repeat the value where it is wanted');
}

interface MapItem {
  readonly key: Node | null;
  readonly value: Node | null;
}

function convertMap(items: readonly MapItem[], place: Place, placeAt: (offset: number) => Place, refuse: Refuse): Pick<YamlNode, 'value' | 'entries'> {
  const entries = new Map<string, YamlNode>();
  const value = Object.create(null) as Record<string, YamlValue>;
  for (const item of items) {
    const keyPlace = item.key?.range ? placeAt(item.key.range[0]) : place;
    if (!isScalar(item.key) || typeof item.key.value !== 'string' || (item.key.value === '' && item.key.type === 'PLAIN')) {
      refuse(keyPlace, 'a key must be text', isMap(item.key) ? 'write "key: value"; in { … } a value such as ${NAME} needs quotes' : 'write "key: value"');
      continue;
    }
    refuseAnchor(item.key, keyPlace, refuse);
    const key = item.key.value;
    const first = entries.get(key);
    if (REFUSED_KEYS.has(key)) refuse(keyPlace, `the key "${key}" is not allowed`, 'use another name');
    else if (first !== undefined)
      refuse(
        keyPlace,
        `the key "${key}" stands twice in this map (first in line ${first.keyPlace.line})`,
        'keep one of them; quoted and unquoted keys are the same',
      );
    else {
      const child = convert(item.value, keyPlace, placeAt, refuse, keyPlace);
      entries.set(key, child);
      value[key] = child.value;
    }
  }
  return { entries, value };
}

/** What an unquoted scalar means; see `parseYaml` for why this is narrower than YAML's core schema. */
export function plainScalar(text: string): string | number | boolean | null {
  if (text === '' || text === '~' || /^(null|Null|NULL)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^-?\d{1,16}(\.\d{1,16})?$/.test(text) && String(Number(text)) === text) return Number(text);
  return text;
}
