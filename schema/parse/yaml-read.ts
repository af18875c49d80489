import type { YamlNode } from './yaml.ts';

/** One text or a list of them, as written. */
export function readTexts(node: YamlNode | undefined): readonly string[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items.map((item) => item.text) : [node.text];
}

/** `site.lng` or a list of steps. */
export function readPath(node: YamlNode): readonly string[] {
  return node.kind === 'list' ? node.items.map((item) => item.text) : node.text.split('.');
}

/** Without prototype, so that a key taken from data finds nothing but what the file says. */
export function readRecord<T>(node: YamlNode | undefined, read: (part: YamlNode) => T): Readonly<Record<string, T>> {
  const record = Object.create(null) as Record<string, T>;
  for (const [key, part] of node?.entries ?? []) record[key] = read(part);
  return record;
}

/** A child that the JSON Schema requires. */
export function child(node: YamlNode, key: string): YamlNode {
  const found = node.entries.get(key);
  if (found === undefined) throw new TypeError(`expected "${key}", which the schema requires`);
  return found;
}
