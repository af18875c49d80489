import { inspectPattern, PATTERN_REMEDY } from '../../schema/parse/portable-pattern.ts';
import { MappingFault } from './value.ts';

/** A whole-text matcher for a portable pattern, and how many groups it has. @throws {MappingFault} when engines do not share what it uses */
export function compilePattern(pattern: string): { readonly regex: RegExp; readonly groups: number } {
  const { groups, fault } = inspectPattern(pattern);
  if (fault !== undefined) throw new MappingFault(`the pattern ${JSON.stringify(pattern)} ${fault}`, PATTERN_REMEDY);
  return { regex: new RegExp(`^(?:${pattern})$`, 'u'), groups };
}
