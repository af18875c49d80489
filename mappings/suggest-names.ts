import type { GraphQLSchema } from 'graphql';
import { lowerCamel, plural, RESERVED_ENDINGS, RESERVED_ROOTS, RESERVED_TYPES } from '../schema/api/names.ts';
import { DIRECTIVE_ENUMS } from '../schema/parse/sdl-directives.ts';
import { BUILT_IN_SCALARS } from '../schema/scalars/built-in.ts';

/** Gives names that a schema takes, each once. */
export interface SuggestedNames {
  entity(wanted: string): string;
  enum(wanted: string): string;
}

/** @param api what is answered now: its names are taken, the hub's own and generated ones too */
export function createSuggestedNames(api: GraphQLSchema): SuggestedNames {
  const taken = new Set([...Object.keys(api.getTypeMap()), ...RESERVED_TYPES, ...DIRECTIVE_ENUMS, ...BUILT_IN_SCALARS]);
  const roots = new Set([...Object.keys(api.getQueryType()?.getFields() ?? {}), ...RESERVED_ROOTS]);
  const isFree = (name: string): boolean => !taken.has(name) && !RESERVED_ENDINGS.some((ending) => name.endsWith(ending) || taken.has(name + ending));
  const give = (wanted: string, isGood: (name: string) => boolean): string => {
    const stem = RESERVED_ENDINGS.some((ending) => wanted.endsWith(ending)) ? `${wanted}Record` : wanted;
    let name = stem;
    for (let count = 2; !isGood(name); count++) name = `${stem}${count}`;
    taken.add(name);
    return name;
  };
  return {
    entity(wanted) {
      const rootsOf = (name: string): string[] => [lowerCamel(name), plural(lowerCamel(name))];
      const name = give(wanted, (each) => isFree(each) && !rootsOf(each).some((root) => roots.has(root)));
      for (const root of rootsOf(name)) roots.add(root);
      return name;
    },
    enum: (wanted) => give(wanted, isFree),
  };
}

/** `playlist_track` → `PlaylistTrack`; what no name can be made of becomes `Column`. */
export function pascal(name: string, otherwise = 'Column'): string {
  const words = name
    .normalize('NFKC')
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1))).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `${otherwise}${joined}`;
}

/** A table is often named for all its rows, a type for one of them: `cities` → `City`. */
export function typeName(table: string): string {
  const name = pascal(table, 'Table');
  if (/(?:ss|us|is)$/.test(name)) return name;
  const stems = [name.replace(/ies$/, 'y'), /(?:ss|sh|ch|x)es$/.test(name) ? name.slice(0, -2) : name, name.replace(/s$/, '')];
  return stems.find((stem) => stem !== name && plural(stem) === name) ?? name;
}
