import type { ValuePlan } from './plan.ts';

/** Slots of the row that values are read from: what must be filled before they can be. */
export function placesOf(values: readonly ValuePlan[]): { readonly externals: readonly number[]; readonly children: readonly number[] } {
  const externals = new Set<number>();
  const children = new Set<number>();
  const visit = (value: ValuePlan): void => {
    switch (value.kind) {
      case 'via':
        if (value.ref.via === 'external') externals.add(value.ref.index);
        if (value.ref.via === 'child') children.add(value.ref.index);
        return;
      case 'computed':
        value.values.forEach(visit);
        return;
      case 'globalId':
        value.key.forEach(visit);
        return;
      default:
    }
  };
  values.forEach(visit);
  return { externals: [...externals], children: [...children] };
}
