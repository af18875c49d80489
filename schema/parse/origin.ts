import type { Place } from '../model/unified.ts';
import { nodeAt, type YamlNode, type YamlPath } from './yaml.ts';

/** Remembers from which YAML a part of a model was read, so that a check made later can point into it. */
const ORIGINS = new WeakMap<object, YamlNode>();

export function withOrigin<T extends object>(part: T, node: YamlNode): T {
  ORIGINS.set(part, node);
  return part;
}

/** For a part that was made of another. */
export function withOriginOf<T extends object>(from: object, part: T): T {
  const node = ORIGINS.get(from);
  return node === undefined ? part : withOrigin(part, node);
}

export const originOf = (part: object): YamlNode | undefined => ORIGINS.get(part);

/** The place of a key (or list item) within a part; of the part itself, or of `fallback` when it was not read from a file. */
export function placeWithin(part: object, path: YamlPath, fallback: Place): Place {
  const root = ORIGINS.get(part);
  if (root === undefined) return fallback;
  return path.length === 0 ? root.keyPlace : nodeAt(root, path).keyPlace;
}
