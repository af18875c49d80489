import { setImmediate } from 'node:timers/promises';
import { parse, specifiedRules, validate, type GraphQLSchema } from 'graphql';
import type { Release } from '../schema/model/release.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';
import { apiDiff } from './api-diff.ts';
import { documentReadings, isTouchedBy } from './document-readings.ts';
import { meaningChanges, touchedFields, type MeaningChange } from './meaning-changes.ts';
import { sharingChanges } from './sharing-changes.ts';

/** Something that asks the hub, and would notice a change. */
export interface Dependent {
  readonly kind: 'document' | 'check' | 'rule' | 'subscription' | 'operation' | 'example';
  readonly name: string;
  /** GraphQL. */
  readonly document: string;
}

export interface Impact {
  readonly kind: Dependent['kind'];
  readonly name: string;
  /** Fields that change under it; empty when it only breaks. */
  readonly touches: readonly string[];
  /** Why it can no longer be asked. */
  readonly breaks: readonly string[];
}

export interface Comparison {
  /** Worst first. */
  readonly changes: readonly MeaningChange[];
  readonly impacts: readonly Impact[];
}

export interface Compared {
  readonly release: Omit<Release, 'version'>;
  readonly schema: GraphQLSchema;
  readonly typeDefs: string;
}

const LEVELS = ['BREAKING', 'DANGEROUS', 'SAFE'] as const;
const LEVEL_OF = { BREAKING: 'BREAKING', DANGEROUS: 'DANGEROUS', NON_BREAKING: 'SAFE' } as const;

/** What a draft changes in what is live: in the API, in the meaning of fields, in who may see them, and for whom. */
export async function compareReleases(before: Compared, after: Compared, dependents: readonly Dependent[]): Promise<Comparison> {
  const found = await apiDiff(before.typeDefs, after.typeDefs);
  const api = found.map(({ level, path, message }): MeaningChange => ({ level: LEVEL_OF[level], of: 'schema', path, message }));
  const changes = [
    ...api,
    ...authorityChanges(before.release.model, after.release.model),
    ...sharingChanges(before.release, after.release),
    ...meaningChanges(before.release, after.release),
  ].toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  // What the API lost is found by validating; a field of the API that merely changed its description touches nobody.
  const touched = touchedFields(
    after.release.model,
    changes.filter(({ of }) => of === 'mapping'),
  );
  for (const { path } of authorityChanges(before.release.model, after.release.model)) touched.add(path);
  for (const change of derivationChanges(before.release.model, after.release.model)) touched.add(change);
  return { changes, impacts: await impactsOf(dependents, before, after, touched) };
}

function authorityChanges(before: UnifiedModel, after: UnifiedModel): MeaningChange[] {
  const changes: MeaningChange[] = [];
  for (const [name, type] of after.types) {
    const was = before.types.get(name);
    if (!was) continue;
    if (was.authority !== type.authority)
      changes.push({
        level: 'DANGEROUS',
        of: 'schema',
        path: name,
        message: `its authority is ${type.authority ?? 'nobody'} instead of ${was.authority ?? 'nobody'}`,
      });
    for (const [field, now] of type.fields) {
      const old = was.fields.get(field);
      if (old && old.authority !== now.authority)
        changes.push({
          level: 'DANGEROUS',
          of: 'schema',
          path: `${name}.${field}`,
          message: `its authority is ${now.authority ?? 'that of its type'} instead of ${old.authority ?? 'that of its type'}`,
        });
    }
  }
  return changes;
}

/** Fields that are derived otherwise than before. */
function derivationChanges(before: UnifiedModel, after: UnifiedModel): string[] {
  return [...after.types].flatMap(([name, type]) =>
    [...type.fields.values()].flatMap((field) => {
      const old = before.types.get(name)?.fields.get(field.name);
      const isOther = field.kind === 'leaf' && old?.kind === 'leaf' && JSON.stringify(field.derivation) !== JSON.stringify(old.derivation);
      return isOther ? [`${name}.${field.name}`] : [];
    }),
  );
}

async function impactsOf(dependents: readonly Dependent[], before: Compared, after: Compared, touched: ReadonlySet<string>): Promise<Impact[]> {
  const impacts: Impact[] = [];
  for (const { kind, name, document } of dependents) {
    await setImmediate(); // there may be thousands; requests are answered in between
    const parsed = parse(document, { noLocation: true });
    const breaks = validate(after.schema, parsed, specifiedRules, { maxErrors: 5 }).map(({ message }) => message);
    if (breaks.length > 0 && validate(before.schema, parsed, specifiedRules, { maxErrors: 1 }).length > 0) continue; // it could not be asked before either
    const touches = isTouchedBy(documentReadings(parsed, before.schema, before.release.model), touched);
    if (breaks.length > 0 || touches.length > 0) impacts.push({ kind, name, touches, breaks });
  }
  return impacts;
}
