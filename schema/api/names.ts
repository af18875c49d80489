/** The one place that makes the generated API's names out of unified ones. */

export const connectionName = (type: string): string => `${type}Connection`;
export const edgeName = (type: string): string => `${type}Edge`;
export const whereName = (type: string): string => `${type}Where`;
/** Filter through a to-many relation: `some every none aggregate`. */
export const listWhereName = (type: string): string => `${type}ListWhere`;
export const orderByName = (type: string): string => `${type}OrderBy`;
export const aggregateName = (type: string): string => `${type}Aggregate`;
export const havingName = (type: string): string => `${type}Having`;
export const groupName = (type: string): string => `${type}Group`;
export const groupByName = (type: string): string => `${type}GroupBy`;
export const groupKeyName = (type: string): string => `${type}GroupKey`;
export const groupFieldName = (type: string): string => `${type}GroupField`;
export const groupOrderByName = (type: string): string => `${type}GroupOrderBy`;
/** A related or embedded type's leaves inside a group key. */
export const groupLeavesName = (type: string): string => `${type}GroupLeaves`;
export const groupKeyOrderByName = (type: string): string => `${type}GroupKeyOrderBy`;
export const groupLeavesOrderByName = (type: string): string => `${type}GroupLeavesOrderBy`;
export const aggregateOrderByName = (type: string): string => `${type}AggregateOrderBy`;
export const changeName = (type: string): string => `${type}Change`;
/** One source row's own fields, before or after a change. */
export const imageName = (type: string): string => `${type}Image`;
/** Root field of an entity's changes, from the one of the entity: `project` → `projectChanges`. */
export const changeFieldName = (one: string): string => `${one}Changes`;
export const CHANGED_TYPE = 'ChangedType';
export const filterName = (leafType: string): string => `${leafType}Filter`;

/** Parts of an aggregate that share their leaves: `sum` and `avg` are Numbers, `min` and `max` Values, `countDistinct` Distinct. */
export type MeasurePart = 'Numbers' | 'Values' | 'Distinct';
export const measureName = (type: string, part: MeasurePart): string => `${type}Aggregate${part}`;
export const measureHavingName = (type: string, part: MeasurePart): string => `${type}Having${part}`;
export const measureOrderByName = (type: string, part: MeasurePart): string => `${type}Aggregate${part}OrderBy`;

/** Response fields of an aggregate beside `count`, with the part each belongs to. */
export const MEASURES = { countDistinct: 'Distinct', sum: 'Numbers', avg: 'Numbers', min: 'Values', max: 'Values' } as const satisfies Record<
  string,
  MeasurePart
>;

/** Separates steps of a path in a group field: `owner.name` is `OWNER__NAME`. */
const STEP = '__';

/** `owner.orgCode` → `OWNER__ORG_CODE`. */
export function groupFieldValue(path: string): string {
  return path.split('.').map(screamingSnake).join(STEP);
}

/** `approvedInvestment` → `APPROVED_INVESTMENT`, `orgID2` → `ORG_ID2`. */
export function screamingSnake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase();
}

/** `CreditRecord` → `creditRecord`, `USCCRecord` → `usccRecord`. */
export function lowerCamel(name: string): string {
  return name.replace(/^(?:[A-Z]+(?![a-z])|[A-Z])/, (head) => head.toLowerCase());
}

/** English plural by rule: `-s`, `-es`, `-ies`. */
export function plural(name: string): string {
  if (/[^aeiou]y$/i.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(name) ? `${name}es` : `${name}s`;
}

/** Endings of generated type names: no unified type may have one, so that a new type can never collide with an old one's API. */
export const RESERVED_ENDINGS: readonly string[] = [
  'Connection',
  'Edge',
  'Where',
  'OrderBy',
  'Aggregate',
  'AggregateNumbers',
  'AggregateValues',
  'AggregateDistinct',
  'Having',
  'HavingNumbers',
  'HavingValues',
  'HavingDistinct',
  'Group',
  'GroupBy',
  'GroupKey',
  'GroupField',
  'GroupLeaves',
  'Filter',
  'Change',
  'Image',
];

/** Types of the API that every hub has. */
export const RESERVED_TYPES: ReadonlySet<string> = new Set([
  'Query',
  'Mutation',
  'Subscription',
  'Node',
  'PageInfo',
  'EntityMeta',
  'SourceRef',
  'DataIssue',
  'DepartmentValue',
  'OpenKey',
  'CheckResult',
  'Severity',
  'Change',
  'ChangedType',
  'ChangeOperation',
  'ChangeTransition',
  'OrderDirection',
  'DateTruncation',
]);

/** Fields that every entity or its filter has, and names that expressions have. */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set(['id', 'checks', 'and', 'or', 'not', 'asOf', 'now']);

/** Root fields that every hub has. */
export const RESERVED_ROOTS: ReadonlySet<string> = new Set(['node', 'nodes']);
