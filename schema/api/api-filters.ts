import type { UnifiedType } from '../model/unified.ts';
import { BUILT_IN_SCALARS, ENUM_TRAITS, scalarTraits, type ScalarTraits } from '../scalars/built-in.ts';
import type { ApiContext, LeafTest } from './api-context.ts';
import { filterName, havingName, listWhereName, whereName } from './names.ts';
import { block, field } from './sdl-writer.ts';

/** `XWhere` and, for relations to it, `XListWhere`. */
export function whereTypes(context: ApiContext, type: UnifiedType): string {
  const { features } = context;
  const may: LeafTest = (entity, path) => features.filterable(entity, path);
  const name = whereName(type.name);
  const logic = type.kind === 'entity' ? [`and: [${name}!]`, `or: [${name}!]`, `not: ${name}`] : [];
  const relations = context.relations(type, (relation) => features.relationWhere(type.name, relation.name) === 'all');
  const fields = [
    ...context.leaves(type, may).map((leaf) => field(leaf.name, filterName(leaf.type.name))),
    ...context.valueFields(type, may).map((value) => field(value.name, whereName(value.type))),
    ...relations.map((relation) => field(relation.name, relation.many ? listWhereName(relation.target) : whereName(relation.target))),
  ];
  const checks = type.kind === 'entity' && features.hasChecks(type.name) ? [`checks: ${CHECKS}`] : [];
  const where = block(`input ${name}`, [...logic, ...fields, ...checks], 'All that is given must hold.');
  if (type.kind === 'value') return where;
  const list = block(`input ${listWhereName(type.name)}`, [
    `"At least one meets it." some: ${name}`,
    `"All meet it; true where there are none." every: ${name}`,
    `"None meets it." none: ${name}`,
    `aggregate: ${havingName(type.name)}`,
  ]);
  return where + list;
}

const CHECKS = 'CheckResultListWhere';

/** Filters by what the checks of an entity say. */
export function checkFilterTypes(): string {
  return (
    block(
      'input CheckResultWhere',
      ['"The check’s name." code: StringFilter', 'severity: SeverityFilter', 'failed: BooleanFilter'],
      'All that is given must hold of one check.',
    ) +
    block(
      `input ${CHECKS}`,
      ['"At least one meets it." some: CheckResultWhere', '"All meet it." every: CheckResultWhere', '"None meets it." none: CheckResultWhere'],
      'Checks are evaluated by the hub, on the rows that the rest of the filter leaves.',
    ) +
    block(
      'input SeverityFilter',
      operators('Severity', ENUM_TRAITS).filter((line) => !line.startsWith('isNull')),
    )
  );
}

/** One filter per scalar and enum, with exactly the operators that it has; pruning keeps those in use. */
export function filterTypes({ model }: ApiContext): string {
  const names = [...BUILT_IN_SCALARS, ...model.scalars.keys()].filter((name, index, all) => all.indexOf(name) === index);
  const filters = [...names.map((name) => [name, scalarTraits(name)] as const), ...[...model.enums.keys()].map((name) => [name, ENUM_TRAITS] as const)];
  return filters
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, traits]) => block(`input ${filterName(name)}`, operators(name, traits)))
    .join('');
}

function operators(name: string, { equality, ordered, text }: ScalarTraits): string[] {
  const lists = name === 'Boolean' ? [] : [`in: [${name}!]`, `notIn: [${name}!]`];
  return [
    ...(equality ? [`eq: ${name}`, `ne: ${name}`, ...lists] : []),
    ...(ordered ? [`lt: ${name}`, `lte: ${name}`, `gt: ${name}`, `gte: ${name}`, `"From the first to the second, both included." between: [${name}!]`] : []),
    'isNull: Boolean',
    ...(text ? ['contains: String', 'startsWith: String', 'endsWith: String', '"As contains, whatever the case of ASCII letters." iContains: String'] : []),
  ];
}
