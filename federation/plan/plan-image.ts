import type { SelectionSetNode } from 'graphql';
import { imageName } from '../../schema/api/names.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { PlanContext } from './plan-context.ts';
import { orError } from './plan-entity.ts';
import { maskOf, printOf } from './plan-leaf.ts';
import { planValue } from './plan-value.ts';
import type { OutputField, ValuePlan } from './output.ts';
import { selectFields } from './selection.ts';

/** What is written of one source row's canonical values: the row's columns are the values at `paths`. */
export interface ImagePlan {
  readonly paths: readonly string[];
  readonly fields: readonly OutputField[];
}

/** The selected fields of an image: no source is asked, for the values are known. */
export function planImage(context: PlanContext, type: UnifiedType, sets: readonly SelectionSetNode[]): ImagePlan {
  const paths: string[] = [];
  const valueAt = (path: string): ValuePlan => {
    const known = paths.indexOf(path);
    return { kind: 'canonical', column: known >= 0 ? known : paths.push(path) - 1 };
  };
  const name = imageName(type.name);
  const fields = selectFields(context, name, sets).map((selected): OutputField => {
    if (selected.name === '__typename') return { key: selected.key, output: { kind: 'text', json: JSON.stringify(name) } };
    const field = type.fields.get(selected.name);
    if (!field || field.kind === 'relation') throw new HubError('GRAPHQL_VALIDATION_FAILED', `${name} has no field ${selected.name}`);
    if (field.kind === 'value') return { key: selected.key, output: orError(() => planValue(context, type, field, selected, (_leaf, path) => valueAt(path))) };
    return {
      key: selected.key,
      output: { kind: 'value', value: valueAt(field.name), print: { ...printOf(context, field, selected.args), ...maskOf(context, type.name, field.name) } },
    };
  });
  return { paths, fields };
}
