import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { Check } from '../model/check.ts';
import type { Place, UnifiedModel, UnifiedType } from '../model/unified.ts';
import type { ReleaseParts } from './check-release.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

/** Whether checks test entities that exist, by fields that exist. What lies below a list is checked with the API that is made of the schema. */
export function checkChecks({ model, checks }: ReleaseParts, report: Report): void {
  const codes = new Map<string, Check>();
  for (const check of checks) {
    const at = (key: string): Place => placeWithin(check, [key], check.place);
    const first = codes.get(check.check);
    if (first !== undefined)
      report.error(at('check'), `there are two checks "${check.check}" (the other in ${first.place.file}:${first.place.line})`, 'give each its own code');
    codes.set(check.check, check);
    const subject = model.types.get(check.subject);
    const entities = [...model.types.values()].filter((type) => type.kind === 'entity').map((type) => type.name);
    if (subject === undefined) report.error(at('subject'), `there is no unified type "${check.subject}"`, suggestion(check.subject, entities));
    else if (subject.kind === 'value')
      report.error(at('subject'), `"${check.subject}" is no entity but a value inside others`, `take the entity that holds it`);
    else checkSelection(check, selectionOf(check.select), subject, model, at('select'), report);
  }
}

/** Undefined when the text is no selection, which is reported where checks are parsed. */
function selectionOf(text: string): SelectionSetNode | undefined {
  try {
    const [definition] = parse(text, { noLocation: true, maxLexicalTokens: 2000 }).definitions;
    return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
  } catch {
    return undefined;
  }
}

/** What the API adds to every entity. */
const ADDED = new Set(['id', 'checks', '_meta', '__typename']);

function checkSelection(check: Check, set: SelectionSetNode | undefined, type: UnifiedType, model: UnifiedModel, place: Place, report: Report): void {
  for (const selection of set?.selections ?? []) {
    if (selection.kind !== Kind.FIELD || ADDED.has(selection.name.value)) continue;
    const name = selection.name.value;
    const field = type.fields.get(name);
    if (field === undefined) {
      report.error(place, `check ${check.check} selects "${name}", which "${type.name}" does not have`, suggestion(name, [...type.fields.keys()]));
    } else if (field.kind === 'leaf') {
      if (selection.selectionSet !== undefined)
        report.error(place, `check ${check.check} selects parts of "${type.name}.${name}", which has none`, `write "${name}"`);
    } else if (selection.selectionSet === undefined) {
      report.error(place, `check ${check.check} does not say what of "${type.name}.${name}" it needs`, `write ${name} { … }`);
    } else {
      const target = model.types.get(field.kind === 'value' ? field.type : field.target);
      if (target !== undefined && !(field.kind === 'relation' && field.many)) checkSelection(check, selection.selectionSet, target, model, place, report);
    }
  }
}
