import type { ValueMapping } from '../model/mapping.ts';
import { withOrigin } from './origin.ts';
import type { YamlNode } from './yaml.ts';
import { readPath, readRecord, readTexts } from './yaml-read.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A value of the right shape as data; texts are taken as written. */
export function readValue(node: YamlNode): ValueMapping {
  const value: Mutable<ValueMapping> = { place: node.keyPlace };
  if (node.kind === 'scalar') {
    value.column = node.text;
    return withOrigin(value, node);
  }
  for (const [key, part] of node.entries) READERS[key]?.(value, part);
  return withOrigin(value, node);
}

type Reader = (value: Mutable<ValueMapping>, part: YamlNode) => void;

const READERS: Readonly<Record<string, Reader>> = {
  column: (value, part) => (value.column = part.text),
  constant: (value, part) => (value.constant = part.value as string | number | boolean),
  json: (value, part) => (value.json = part.text),
  path: (value, part) => (value.path = readPath(part)),
  concat: (value, part) => (value.concat = part.items.map(readValue)),
  firstValid: (value, part) => (value.firstValid = part.items.map(readValue)),
  expression: (value, part) => (value.expression = part.text),
  fold: (value, part) => (value.fold = part.value === true),
  part: (value, part) => (value.part = { separator: part.entries.get('separator')?.text ?? '', index: Number(part.entries.get('index')?.text) }),
  replace: (value, part) => (value.replace = [...part.entries].map(([from, to]) => ({ from, to: to.text }))),
  extract: (value, part) =>
    (value.extract =
      part.kind === 'scalar'
        ? { pattern: part.text, group: 1 }
        : { pattern: part.entries.get('pattern')?.text ?? '', group: Number(part.entries.get('group')?.text ?? 1) }),
  normalize: (value, part) => (value.normalize = part.text),
  scale: (value, part) => (value.scale = part.text),
  date: (value, part) => (value.date = readTexts(part)),
  time: (value) => (value.time = 'epochMillis'),
  codes: (value, part) => (value.codes = readRecord(part, (text) => text.text)),
  boolean: (value, part) => (value.boolean = { true: readTexts(part.entries.get('true')), false: readTexts(part.entries.get('false')) }),
  number: (value, part) => (value.number = part.text as 'plain' | 'percent'),
  amount: (value, part) => (value.amount = readRecord(part, (text) => text.text)),
  crosswalk: (value, part) => (value.crosswalk = part.text),
};
