import { tallyKey, type Tally } from '../federation/execute/tally.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import type { HubContext } from '../resolvers/context.ts';
import { compareText } from '../schema/model/compare-text.ts';

/** What the hub's own fields read of the departments' data in one operation, beside what its plan reads. */
export interface NotedReads {
  readonly note: HubContext['note'];
  /** Those and these, one for each source. */
  with(reads: readonly SourceReads[]): readonly SourceReads[];
}

/** @param tally counts the entities that are shown */
export function createNotedReads(tally: Tally | undefined): NotedReads {
  const noted: SourceReads[] = [];
  return {
    note(reads, shown) {
      noted.push(...reads);
      for (const key of shown?.keys ?? []) tally?.addEntity(shown?.type ?? '', tallyKey(key));
    },
    with: (reads) => (noted.length === 0 ? reads : mergeReads([...noted, ...reads])),
  };
}

/** One for each source. */
export function mergeReads(reads: readonly SourceReads[]): readonly SourceReads[] {
  return [...Map.groupBy(reads, ({ source }) => source)]
    .map(([source, all]) => {
      const fields = [...new Set(all.flatMap((each) => each.fields))].toSorted(compareText);
      return { source, department: all[0]?.department ?? source, fields };
    })
    .toSorted((a, b) => compareText(a.source, b.source));
}
