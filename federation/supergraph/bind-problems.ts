import { placeWithin } from '../../schema/parse/origin.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Place } from '../../schema/model/unified.ts';
import { MappingFault } from '../transforms/value.ts';

/** Gathers what is wrong with a mapping, all of it, each at its place. */
export interface Problems {
  readonly list: readonly Problem[];
  add(place: Place, message: string, remedy: string, severity?: Problem['severity']): void;
  /** Binds a part of the mapping, or what stands under a key of it; a fault becomes a problem at its place, and the result undefined. */
  attempt<T>(part: { readonly place: Place }, bind: () => T, ...under: readonly string[]): T | undefined;
}

/** Thrown on where the problem is already in the list. */
export class Reported extends Error {}

export function createProblems(): Problems {
  const list: Problem[] = [];
  const add: Problems['add'] = ({ file, line, column }, message, remedy, severity = 'error') => {
    if (!list.some((known) => known.line === line && known.column === column && known.file === file && known.message === message))
      list.push({ file, line, column, message, remedy, severity });
  };
  return {
    list,
    add,
    attempt(part, bind, ...under) {
      try {
        return bind();
      } catch (error) {
        if (error instanceof MappingFault) add(placeWithin(part, [...under, ...error.path], part.place), error.message, error.remedy);
        else if (!(error instanceof Reported)) throw error;
        return undefined;
      }
    },
  };
}
