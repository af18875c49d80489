import type { Row } from '../../connectors/spi/ir.ts';
import type { Ref } from '../plan/output.ts';
import type { ChildShape, RowShape } from '../plan/plan.ts';
import { FetchFailure } from './fetch-failure.ts';

/** Where things are in a row: of a fetch, or the root row. */
export type Layout = { readonly kind: 'row'; readonly shape: RowShape } | { readonly kind: 'root'; readonly shapes: readonly ChildShape[] };

export const VALUES_ONLY: Layout = { kind: 'row', shape: { columns: 0, children: [], externals: [] } };

export interface SlotReader {
  readonly read: (row: Row) => Row | Row[] | null | FetchFailure;
  readonly layout: Layout;
}

/** Reads the rows at a place and knows their layout. */
export function slotReader(layout: Layout, ref: Ref): SlotReader {
  if (layout.kind === 'root') {
    if (ref.via !== 'fetch') throw new Error('the root row holds fetches only');
    const { index } = ref;
    // A total without groups is one row of a list of one.
    const child = layout.shapes[index];
    return { read: (row) => row[index] as Row[] | FetchFailure, layout: of(child) };
  }
  const { shape } = layout;
  if (ref.via === 'child') {
    const position = shape.columns + ref.index;
    return { read: (row) => row[position] as Row | Row[] | null | FetchFailure, layout: of(shape.children[ref.index]) };
  }
  if (ref.via === 'fetch') throw new Error('only the root row holds fetches');
  const position = shape.columns + shape.children.length + ref.index;
  const { child } = ref;
  return {
    read: (row) => {
      const batch = row[position] as Row | FetchFailure;
      return batch instanceof FetchFailure ? batch : (batch[child] as Row | Row[] | null);
    },
    layout: of(shape.externals[ref.index]?.shapes[child]),
  };
}

const of = (child: ChildShape | undefined): Layout => (child ? { kind: 'row', shape: child.shape } : VALUES_ONLY);
