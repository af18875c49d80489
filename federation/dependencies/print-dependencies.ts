import type { Dependencies, RelationStep } from './dependencies.ts';

/** Dependencies as text, one line for each source at each path. */
export function printDependencies({ subject, reads, clock }: Dependencies): string {
  const lines = reads.flatMap(({ path, type, sources }) =>
    sources.map(({ source, fields }) => `${source} ${type}${path.length === 0 ? '' : ` via ${printPath(path)}`}: ${fields.join(', ') || 'its rows'}`),
  );
  return [subject, ...lines.map((line) => `  ${line}`), ...(clock === 'none' ? [] : [`  the ${clock}`])].join('\n');
}

/** `contracts.payments` */
export const printPath = (path: readonly RelationStep[]): string => path.map((step) => step.relation).join('.');
