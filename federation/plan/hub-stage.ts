import type { OutputField, Ref, ValuePlan } from './output.ts';
import type { HubColumn, HubQuery, HubStage } from './plan.ts';

/** A step of the hub, with the slots that its columns are read from. */
export function hubStage(columns: readonly HubColumn[], query: HubQuery): HubStage {
  return { columns, ...placesOf(columns.map((column) => column.value)), query };
}

/** Slots of the row that values are read from: what must be filled before they can be. */
function placesOf(values: readonly ValuePlan[]): { readonly externals: readonly number[]; readonly children: readonly number[] } {
  const externals = new Set<number>();
  const children = new Set<number>();
  const visit = (value: ValuePlan): void => {
    switch (value.kind) {
      case 'via':
        enter(value.ref);
        return;
      case 'computed':
        value.values.forEach(visit);
        return;
      case 'globalId':
        value.key.forEach(visit);
        return;
      case 'check':
        value.check.select.forEach(visitOutput);
        return;
      default:
    }
  };
  const enter = (ref: Ref): void => {
    if (ref.via === 'external') externals.add(ref.index);
    if (ref.via === 'child') children.add(ref.index);
  };
  const visitOutput = ({ output }: OutputField): void => {
    switch (output.kind) {
      case 'value':
        visit(output.value);
        return;
      case 'object':
        output.fields.forEach(visitOutput);
        return;
      case 'one':
      case 'first':
        enter(output.ref);
        return;
      case 'connection':
        output.refs.forEach(enter);
        return;
      case 'point':
        [output.longitude, output.latitude, output.datum].forEach(visit);
        return;
      case 'checks':
        for (const check of output.checks) check.select.forEach(visitOutput);
        return;
      default:
    }
  };
  values.forEach(visit);
  return { externals: [...externals], children: [...children] };
}
