import type { SourceReads } from '../plan/source-reads.ts';
import type { Dependencies } from './dependencies.ts';

/** What has been read for a result, one for each path and source. */
export function sourceReadsOf({ reads }: Dependencies): SourceReads[] {
  return reads.flatMap(({ type, sources }) =>
    sources.map(({ source, department, fields }) => ({ source, department, fields: fields.map((path) => `${type}.${path}`) })),
  );
}
