import type { CrosswalkMapping, Mapping, TypeMapping } from '../model/mapping.ts';
import { originOf } from './origin.ts';
import type { YamlNode } from './yaml.ts';

/**
 * A mapping with empty stand-ins for the types, fields and crosswalks that its file has but whose shape is wrong, so that what only asks whether something is
 * mapped does not take it for missing. The mapping itself where nothing was left out of it.
 */
export function asWritten(mapping: Mapping): Mapping {
  const root = originOf(mapping);
  const types = [...entriesOf(root, 'types')].map(([name, node]) => [name, typeAsWritten(node, mapping.types.get(name))] as const);
  const crosswalks = [...entriesOf(root, 'crosswalks')].map(([name, node]) => [name, mapping.crosswalks.get(name) ?? emptyCrosswalk(node)] as const);
  if (types.every(([name, type]) => mapping.types.get(name) === type) && crosswalks.every(([name, crosswalk]) => mapping.crosswalks.get(name) === crosswalk))
    return mapping;
  return { ...mapping, types: new Map([...mapping.types, ...types]), crosswalks: new Map([...mapping.crosswalks, ...crosswalks]) };
}

/** False when the file says more of a type or crosswalk than could be read. */
export function isWhole(mapping: Mapping, part: 'types' | 'crosswalks', name: string): boolean {
  const node = entriesOf(originOf(mapping), part).get(name);
  if (node === undefined) return true;
  if (part === 'crosswalks') return mapping.crosswalks.has(name);
  const type = mapping.types.get(name);
  return type !== undefined && type === typeAsWritten(node, type);
}

/** The fields that the file gives a type, those that could not be read too. */
export const fieldsAsWritten = (mapping: Mapping, name: string): TypeMapping['fields'] => {
  const type = mapping.types.get(name);
  const node = entriesOf(originOf(mapping), 'types').get(name);
  return node === undefined ? (type?.fields ?? new Map()) : typeAsWritten(node, type).fields;
};

const NO_ENTRIES: YamlNode['entries'] = new Map();
const entriesOf = (node: YamlNode | undefined, key: string): YamlNode['entries'] => node?.entries.get(key)?.entries ?? NO_ENTRIES;

function typeAsWritten(node: YamlNode, type: TypeMapping | undefined): TypeMapping {
  const written = entriesOf(node, 'fields');
  if (type?.fields.size === written.size) return type;
  const fields = [...written].map(([name, { keyPlace }]) => [name, type?.fields.get(name) ?? { place: keyPlace }] as const);
  return { ...(type ?? { rows: { place: node.keyPlace }, key: [], place: node.keyPlace }), fields: new Map(fields) };
}

const emptyCrosswalk = ({ keyPlace }: YamlNode): CrosswalkMapping => ({ local: '', evidence: {}, place: keyPlace });
