import type { LeafField, UnifiedType } from '../model/unified.ts';
import type { ApiContext, LeafTest } from './api-context.ts';
import { unitArgument } from './api-objects.ts';
import { leafTraits } from './leaves.ts';
import {
  aggregateName,
  aggregateOrderByName,
  filterName,
  havingName,
  measureHavingName,
  measureName,
  measureOrderByName,
  MEASURES,
  type MeasurePart,
} from './names.ts';
import { block, field } from './sdl-writer.ts';

const PARTS: readonly MeasurePart[] = ['Distinct', 'Numbers', 'Values'];

const CAN: Record<MeasurePart, (leaf: LeafField) => boolean> = {
  Distinct: (leaf) => leafTraits(leaf).equality,
  Numbers: (leaf) => leafTraits(leaf).numeric,
  Values: (leaf) => leafTraits(leaf).ordered,
};

/** Scalar of a measure: sums and averages are exact decimals whatever they are over. */
export function measureScalar(part: MeasurePart, leaf: LeafField): string {
  return part === 'Distinct' ? 'Int' : part === 'Numbers' ? 'Decimal' : leaf.type.name;
}

/** `XAggregate`, `XHaving`, `XAggregateOrderBy` and their parts. A value type has only the parts, for its leaves. */
export function aggregateTypes(context: ApiContext, type: UnifiedType, only: readonly MeasurePart[] = PARTS): string {
  const { name } = type;
  const parts = only.map((part) => measureTypes(context, type, part)).join('');
  if (type.kind === 'value') return parts;
  const measures = Object.entries(MEASURES);
  const having = havingName(name);
  return (
    block(`type ${aggregateName(name)}`, ['count: Int!', ...measures.map(([measure, part]) => field(measure, measureName(name, part)))]) +
    block(`input ${having}`, [
      `and: [${having}!]`,
      `or: [${having}!]`,
      `not: ${having}`,
      'count: IntFilter',
      ...Object.entries(MEASURES).map(([measure, part]) => field(measure, measureHavingName(name, part))),
    ]) +
    block(`input ${aggregateOrderByName(name)} @oneOf`, aggregateOrders(name)) +
    parts
  );
}

/** Orders by measures, for `XAggregateOrderBy` and `XGroupOrderBy`. */
export function aggregateOrders(name: string): string[] {
  return ['count: OrderDirection', ...Object.entries(MEASURES).map(([measure, part]) => field(measure, measureOrderByName(name, part)))];
}

function measureTypes(context: ApiContext, type: UnifiedType, part: MeasurePart): string {
  const may: LeafTest = (entity, path, leaf) => CAN[part](leaf) && context.features.aggregatable(entity, path);
  const leaves = context.leaves(type, may);
  const values = context.valueFields(type, may);
  const nested = (nameOf: (type: string, part: MeasurePart) => string): string[] => values.map((value) => field(value.name, nameOf(value.type, part)));
  const unit = (leaf: LeafField): string[] => (part === 'Distinct' ? [] : unitArgument(leaf));
  return (
    block(`type ${measureName(type.name, part)}`, [
      ...leaves.map((leaf) => field(leaf.name, measureScalar(part, leaf), { args: unit(leaf) })),
      ...nested(measureName),
    ]) +
    block(`input ${measureHavingName(type.name, part)}`, [
      ...leaves.map((leaf) => field(leaf.name, filterName(measureScalar(part, leaf)))),
      ...nested(measureHavingName),
    ]) +
    block(`input ${measureOrderByName(type.name, part)} @oneOf`, [...leaves.map((leaf) => field(leaf.name, 'OrderDirection')), ...nested(measureOrderByName)])
  );
}
