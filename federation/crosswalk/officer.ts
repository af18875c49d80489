import { randomUUID } from 'node:crypto';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { CrosswalkLogEntry } from '../../store/crosswalk-log-table.ts';
import type { CrosswalkDecision, CrosswalkPair } from '../../store/crosswalk-row.ts';
import type { Store, StoreTables } from '../../store/store.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import type { Crosswalk } from './crosswalk.ts';

/** What an officer may do to the crosswalk. Every decision is logged, holds at once on this instance, survives scans and can be undone. */
export interface CrosswalkOfficer {
  /** This local key stands for this entity, whatever the source says. It need not have been scanned: payments may carry keys that no table lists. @throws {HubError} BAD_USER_INPUT, SOURCE_UNAVAILABLE */
  confirm(pair: DecisionInput): Promise<void>;
  /** This local key does not stand for this entity; with a null canonical key, for no entity at all. @throws {HubError} BAD_USER_INPUT */
  reject(pair: RejectionInput): Promise<void>;
  /** All of them or, when one is unusable, none. @throws {HubError} BAD_USER_INPUT naming the unusable ones, SOURCE_UNAVAILABLE */
  bulkConfirm(pairs: readonly Omit<DecisionInput, 'by'>[], by: string): Promise<void>;
  /** Takes back the officer's newest decision (a bulk confirmation as a whole). Returns the entries undone. @throws {HubError} BAD_USER_INPUT when there is none, or when another officer has decided on it since. */
  undo(by: string): Promise<readonly CrosswalkLogEntry[]>;
  /** Newest first; `before` is the id of the last entry already seen. */
  history(filter: Partial<CrosswalkPair>, page: { readonly first: number; readonly before?: number }): Promise<readonly CrosswalkLogEntry[]>;
}

export interface DecisionInput {
  readonly entity: string;
  readonly source: string;
  readonly localKey: string;
  readonly canonicalKey: string;
  /** Who decides. */
  readonly by: string;
}

export type RejectionInput = Omit<DecisionInput, 'canonicalKey'> & { readonly canonicalKey: string | null };

export interface OfficerParts {
  readonly store: Store;
  readonly current: () => Crosswalk;
  readonly bindingOf: (entity: string, source: string) => CrosswalkBinding | undefined;
  readonly authorityOf: (entity: string) => string | undefined;
  readonly clock: () => Date;
  /** Runs `work` in a transaction while nobody else here changes the crosswalk, then shows what became of the pairs it returns. */
  readonly change: <T extends readonly CrosswalkPair[]>(work: (tables: StoreTables) => Promise<T>) => Promise<T>;
}

const PROBLEMS_SHOWN = 5;

export function createCrosswalkOfficer({ store, current, bindingOf, authorityOf, clock, change }: OfficerParts): CrosswalkOfficer {
  const decide = async (pairs: readonly CrosswalkPair[], state: CrosswalkDecision['state'], by: string): Promise<void> => {
    if (by.trim() === '') throw new HubError('BAD_USER_INPUT', 'A decision needs the name of the officer who takes it.');
    const at = clock().toISOString();
    const batch = randomUUID();
    await change(async (tables) => {
      for (const pair of pairs) {
        const before = (await tables.crosswalk.get(pair))?.decision ?? null;
        if (before?.state === state) continue;
        const after: CrosswalkDecision = { state, by, at };
        await tables.crosswalk.decide(pair, after);
        await tables.crosswalkLog.append([{ ...pair, batch, at, by, action: state === 'confirmed' ? 'confirm' : 'reject', before, after }]);
      }
      return pairs;
    });
  };

  /** The pair with its canonical key as the authority writes it. */
  const usable = ({ entity, source, localKey, canonicalKey }: Omit<DecisionInput, 'by'>): CrosswalkPair => {
    checkPlace(entity, source, localKey);
    const crosswalk = current();
    const authority = authorityOf(entity) ?? '';
    if (crosswalk.state(entity, authority) === 'never-built')
      throw new HubError('SOURCE_UNAVAILABLE', `Which ${entity} exist is not known yet: their authority has not been read.`, { source: authority });
    if (crosswalk.exists(entity, canonicalKey)) return { entity, source, localKey, canonicalKey };
    const binding = bindingOf(entity, authority);
    const decoded = binding?.reads.length === 1 ? binding.decode([canonicalKey], () => undefined) : [canonicalKey];
    if (decoded.length !== 1) throw new HubError('BAD_USER_INPUT', `"${canonicalKey}" is not a key of ${entity}.`);
    const [normalised = ''] = decoded;
    if (!crosswalk.exists(entity, normalised)) throw new HubError('BAD_USER_INPUT', `There is no ${entity} "${normalised}" in its authority.`);
    return { entity, source, localKey, canonicalKey: normalised };
  };

  const checkPlace = (entity: string, source: string, localKey: string): void => {
    const authority = authorityOf(entity);
    if (authority === source) throw new HubError('BAD_USER_INPUT', `"${source}" is the authority of ${entity}: its keys are not matched, they decide.`);
    if (authority === undefined || (bindingOf(entity, source) === undefined && current().state(entity, source) === 'never-built'))
      throw new HubError('BAD_USER_INPUT', `There is no crosswalk of ${entity} in "${source}".`);
    if (localKey === '' || localKey.includes('\0')) throw new HubError('BAD_USER_INPUT', 'A local key is needed.');
  };

  return {
    confirm: async (pair) => decide([usable(pair)], 'confirmed', pair.by),
    reject: async ({ entity, source, localKey, canonicalKey, by }) => {
      checkPlace(entity, source, localKey);
      const pair: CrosswalkPair = { entity, source, localKey, canonicalKey };
      if ((await store.crosswalk.ofLocals(entity, source, [localKey])).length === 0)
        throw new HubError('BAD_USER_INPUT', `"${source}" has no key "${localKey}" of ${entity}.`);
      if (canonicalKey !== null && (await store.crosswalk.get(pair)) === undefined)
        throw new HubError('BAD_USER_INPUT', `Key "${localKey}" of "${source}" is not matched to "${canonicalKey}".`);
      await decide([pair], 'rejected', by);
    },
    bulkConfirm: async (pairs, by) => {
      const problems: string[] = [];
      const good: CrosswalkPair[] = [];
      for (const [index, pair] of pairs.entries()) {
        try {
          good.push(usable(pair));
        } catch (error) {
          if (!(error instanceof HubError) || error.code !== 'BAD_USER_INPUT') throw error;
          problems.push(`${index + 1}: ${error.message}`);
        }
      }
      if (problems.length > 0) {
        const more = problems.length > PROBLEMS_SHOWN ? ` … and ${problems.length - PROBLEMS_SHOWN} more.` : '';
        throw new HubError(
          'BAD_USER_INPUT',
          `Nothing was confirmed; ${problems.length} of ${pairs.length} pairs cannot be. ${problems.slice(0, PROBLEMS_SHOWN).join(' ')}${more}`,
        );
      }
      await decide(good, 'confirmed', by);
    },
    undo: (by) =>
      change(async (tables) => {
        const entries = await tables.crosswalkLog.lastBatch(by);
        if (entries.length === 0) throw new HubError('BAD_USER_INPUT', `${by} has no decision to undo.`);
        const at = clock().toISOString();
        const batch = randomUUID();
        for (const entry of entries) {
          const newest = await tables.crosswalkLog.lastOf(entry);
          if (newest?.id !== entry.id)
            throw new HubError(
              'BAD_USER_INPUT',
              `${newest?.by ?? 'Somebody'} has decided on key "${entry.localKey}" since; that decision must be undone first.`,
            );
          const { entity, source, localKey, canonicalKey, before, after } = entry;
          await tables.crosswalk.decide(entry, before);
          await tables.crosswalkLog.append([
            { entity, source, localKey, canonicalKey, batch, at, by, action: 'undo', before: after, after: before, undoes: entry.id },
          ]);
        }
        return entries;
      }),
    history: (filter, page) => store.crosswalkLog.history(filter, page),
  };
}
