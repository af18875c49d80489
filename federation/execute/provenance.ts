import { compareText } from '../../schema/model/compare-text.ts';
import type { ConnectionField, Output, OutputField, Ref, ValuePlan } from '../plan/output.ts';
import type { ChildShape, Plan } from '../plan/plan.ts';

/** The sources that each value of an answer is made of, by its path without list positions: `projects.nodes.paidTotal` → `["finance"]`. */
export type Provenance = Readonly<Record<string, readonly string[]>>;

/** Where a row is: who gave it, and what hangs on it. */
interface Place {
  readonly source: string;
  readonly shape: ChildShape;
}

/** Pure: reads the plan alone, so it holds for every answer of it. */
export function provenance(plan: Plan): Provenance {
  const found: Record<string, readonly string[]> = {};
  const root = (index: number): Place => ({ source: plan.fetches[index]?.source ?? '', shape: plan.fetches[index]?.shapes[0] ?? null });
  const follow = (place: Place | undefined, ref: Ref): Place => {
    if (ref.via === 'fetch') return root(ref.index);
    if (ref.via === 'child') return { source: place?.source ?? '', shape: place?.shape?.shape.children[ref.index] ?? null };
    const external = place?.shape?.shape.externals[ref.index];
    return { source: external?.source ?? '', shape: external?.shapes[ref.child] ?? null };
  };
  const sources = (place: Place | undefined, value: ValuePlan): string[] => {
    switch (value.kind) {
      case 'field':
      case 'canonicalKey':
        return [value.field.source];
      case 'via':
        return sources(follow(place, value.ref), value.value);
      case 'computed':
        return value.values.flatMap((v) => sources(place, v));
      case 'globalId':
        return value.key.flatMap((v) => sources(place, v));
      case 'wire':
      case 'enough':
      case 'average':
        // Totals of the hub are made of the columns that it added up.
        return place
          ? [place.source, ...(place.shape?.stages ?? []).flatMap((stage) => stage.columns.flatMap((column) => columnSources(place, column.value)))]
          : [];
      default:
        return [];
    }
  };
  const columnSources = (place: Place, value: ValuePlan): string[] =>
    value.kind === 'wire' || value.kind === 'average' || value.kind === 'enough'
      ? [place.source]
      : sources({ ...place, shape: withoutStages(place.shape) }, value);
  const note = (path: string, place: Place | undefined, values: readonly ValuePlan[]): void => {
    const names = [...new Set(values.flatMap((value) => sources(place, value)))].filter((name) => name !== '').sort(compareText);
    if (names.length > 0) found[path] = names;
  };
  const fields = (prefix: string, place: Place | undefined, list: readonly OutputField[]): void => {
    for (const { key, output } of list) write(prefix === '' ? key : `${prefix}.${key}`, place, output);
  };
  const write = (path: string, place: Place | undefined, output: Output): void => {
    switch (output.kind) {
      case 'value':
        return note(path, place, [output.value]);
      case 'point':
        return note(path, place, [output.longitude, output.latitude, output.datum]);
      case 'object':
        return fields(path, place, output.fields);
      case 'one':
      case 'first':
        return fields(path, follow(place, output.ref), output.fields);
      case 'nodes':
        return output.items.forEach((item) => item && 'fields' in item && fields(path, root(item.fetch), item.fields));
      case 'connection': {
        const rows = output.list && follow(place, output.list.ref);
        return output.fields.forEach((field) => connectionField(`${path}.${field.key}`, place, rows, field));
      }
      default:
    }
  };
  const connectionField = (path: string, place: Place | undefined, rows: Place | undefined, field: ConnectionField): void => {
    switch (field.kind) {
      case 'nodes':
        return fields(path, rows, field.fields);
      case 'edges':
        return field.fields.forEach((edge) => edge.kind === 'node' && fields(`${path}.${edge.key}`, rows, edge.fields));
      case 'count':
        return void (found[path] = [follow(place, field.ref).source]);
      case 'aggregate':
      case 'groups':
        return fields(path, follow(place, field.ref), field.fields);
      default:
    }
  };
  fields('', undefined, plan.outputs);
  return found;
}

const withoutStages = (shape: ChildShape): ChildShape => shape && { many: shape.many, shape: shape.shape };
