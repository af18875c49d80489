import { Kind, type SelectionSetNode } from 'graphql';
import type { EntityTest } from '../model/check.ts';
import type { Place, UnifiedModel, UnifiedType } from '../model/unified.ts';
import type { ReleaseParts } from './check-release.ts';
import { selectionOf } from './entity-test.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

/** Whether checks and alert rules test entities that exist, by fields that exist. What lies below a list is checked with the API that is made of the schema. */
export function checkTests({ model, checks, rules }: Pick<ReleaseParts, 'model' | 'checks' | 'rules'>, report: Report): void {
  checkAll(
    'check',
    checks.map((check) => [check.check, check] as const),
    model,
    report,
  );
  checkAll(
    'rule',
    rules.map((rule) => [rule.rule, rule] as const),
    model,
    report,
  );
}

function checkAll(kind: 'check' | 'rule', tests: readonly (readonly [string, EntityTest])[], model: UnifiedModel, report: Report): void {
  const names = new Map<string, EntityTest>();
  const entities = [...model.types.values()].filter((type) => type.kind === 'entity').map((type) => type.name);
  for (const [name, test] of tests) {
    const at = (key: string): Place => placeWithin(test, [key], test.place);
    const first = names.get(name);
    if (first !== undefined)
      report.error(
        at(kind),
        `there are two ${kind}s "${name}" (the other in ${first.place.file}:${first.place.line})`,
        `give each its own ${kind === 'check' ? 'code' : 'name'}`,
      );
    names.set(name, test);
    const subject = model.types.get(test.subject);
    if (subject === undefined) report.error(at('subject'), `there is no unified type "${test.subject}"`, suggestion(test.subject, entities));
    else if (subject.kind === 'value') report.error(at('subject'), `"${test.subject}" is no entity but a value inside others`, `take the entity that holds it`);
    else checkSelection(`${kind} ${name}`, selectionOf(test.select), subject, model, at('select'), report);
  }
}

/** What the API adds to every entity. */
const ADDED = new Set(['id', 'checks', '_meta', '__typename']);

function checkSelection(what: string, set: SelectionSetNode | undefined, type: UnifiedType, model: UnifiedModel, place: Place, report: Report): void {
  for (const selection of set?.selections ?? []) {
    if (selection.kind !== Kind.FIELD || ADDED.has(selection.name.value)) continue;
    const name = selection.name.value;
    const field = type.fields.get(name);
    if (field === undefined) {
      report.error(place, `${what} selects "${name}", which "${type.name}" does not have`, suggestion(name, [...type.fields.keys()]));
    } else if (field.kind === 'leaf') {
      if (selection.selectionSet !== undefined) report.error(place, `${what} selects parts of "${type.name}.${name}", which has none`, `write "${name}"`);
    } else if (selection.selectionSet === undefined) {
      report.error(place, `${what} does not say what of "${type.name}.${name}" it needs`, `write ${name} { … }`);
    } else {
      const target = model.types.get(field.kind === 'value' ? field.type : field.target);
      if (target !== undefined && !(field.kind === 'relation' && field.many)) checkSelection(what, selection.selectionSet, target, model, place, report);
    }
  }
}
