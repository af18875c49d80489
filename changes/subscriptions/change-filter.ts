import { createConditionReader, contextOf, type EntityCondition, type EntityDocument, type EntityKey } from '../../federation/execute/entity-reader.ts';
import type { ExecutionEnvironment } from '../../federation/execute/execute-operation.ts';
import { planWhere } from '../../federation/plan/plan-where.ts';
import { requirePurpose } from '../../federation/plan/row-rule.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ChangeRow, LoggedChange } from '../../schema/model/change.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { distinctKeys, type Keyed } from './distinct-keys.ts';
import { compileImageFilter, type ImageFilter } from './image-filter.ts';

export type Transition = 'ENTERED' | 'STAYED' | 'LEFT';

/** A change as whoever subscribed may see it. */
export interface SeenChange {
  readonly change: LoggedChange & Keyed;
  readonly transition: Transition;
  readonly changedFields: readonly string[];
  readonly before: ChangeRow | null;
  readonly after: ChangeRow | null;
}

/** Decides, for changes of one type, which are seen and what they did to the result of a filter. */
export interface ChangeFilter {
  /**
   * In order, without those that are not seen.
   * @param known where it is kept who met the filter: read, and brought up to date. @throws {HubError} when a source that decides fails
   */
  judge(changes: readonly LoggedChange[], signal: AbortSignal, known?: KnownMembers): Promise<readonly SeenChange[]>;
  /** How entities stand to the filter as things are now, whatever their rows say. @throws {HubError} as `judge` */
  standings(keys: readonly EntityKey[], signal: AbortSignal): Promise<readonly Standing[]>;
  /** Whether changes of other rows can alter the result. */
  readonly hasConditions: boolean;
}

/** Whether entities met the filter when somebody was last told; undefined where nobody knows. */
export interface KnownMembers {
  get(key: EntityKey, change: LoggedChange): boolean | undefined;
  set(key: EntityKey, isMember: boolean): void;
}

export interface Standing {
  /** The rights let it be seen. */
  readonly visible: boolean;
  /** It is visible and meets the filter. */
  readonly member: boolean;
}

/**
 * Own fields are tested on the row as it was and as it became; conditions on relations, on derived values and on other departments' fields are tested as
 * things are now. Where nobody can say any more, because the entity is gone, the subscriber's own filter lets the change pass and a row rule does not.
 * @param where concrete values
 * @throws {HubError} PURPOSE_REQUIRED; BAD_USER_INPUT, SOURCE_CAPABILITY_MISSING: the filter cannot be used
 */
export function createChangeFilter(environment: ExecutionEnvironment, document: EntityDocument, type: UnifiedType, where: unknown): ChangeFilter {
  const { supergraph } = document.view;
  const { restriction, features } = supergraph;
  const primary = supergraph.bindings.get(type.name)?.[0];
  if (!primary) throw new HubError('SOURCE_CAPABILITY_MISSING', `${type.name} is mapped by no source`);
  requirePurpose(restriction, type.name);
  planWhere(contextOf(environment, document, environment.clock()), primary, where);
  const rule = restriction?.rows.get(type.name);
  const whole: EntityDocument = restriction ? { ...document, view: { ...document.view, supergraph: restriction.whole } } : document;

  const own = { asked: compileImageFilter(supergraph, primary, where), ruled: compileImageFilter(whole.view.supergraph, primary, rule) };
  // A row of another source says nothing of the fields that the filter is about.
  const foreign = { asked: asWhole(where), ruled: asWhole(rule) };
  const readers = [own, foreign].map(({ asked, ruled }) => ({
    asked: createConditionReader(environment, document, type, asked.conditions),
    ruled: createConditionReader(environment, whole, type, ruled.conditions),
  }));

  async function judgeSome(
    changes: readonly SeenChange['change'][],
    filters: typeof own,
    reader: (typeof readers)[number],
    signal: AbortSignal,
  ): Promise<Judged[]> {
    const keys = distinctKeys(changes);
    const [asked, ruled] = await Promise.all([
      filters.asked.conditions.length === 0 ? [] : reader.asked.read(keys.list, { signal }),
      filters.ruled.conditions.length === 0 ? [] : reader.ruled.read(keys.list, { signal }),
    ]);
    return changes.map((change): Judged => {
      const at = keys.indexOf(change);
      const gone = change.op === 'DELETED' && filters === own;
      const visible = (image: ChangeRow | null): boolean => image !== null && filters.ruled.test(image, gone ? undefined : ruled[at], false);
      const meets = (image: ChangeRow | null): boolean => image !== null && filters.asked.test(image, gone ? undefined : asked[at], true);
      const [before, after] = [visible(change.before) ? change.before : null, visible(change.after) ? change.after : null];
      return { change, before, after, metBefore: meets(before), metAfter: meets(after) };
    });
  }

  return {
    hasConditions: own.asked.conditions.length + own.ruled.conditions.length > 0,
    async standings(keys, signal) {
      const [, { asked, ruled }] = readers as [unknown, (typeof readers)[number]];
      const [met, visible] = await Promise.all([
        foreign.asked.conditions.length === 0 ? [] : asked.read(keys, { signal }),
        rule === undefined ? [] : ruled.read(keys, { signal }),
      ]);
      return keys.map((_, at): Standing => {
        const isVisible = visible[at]?.[0] ?? rule === undefined;
        return { visible: isVisible, member: isVisible && (met[at]?.[0] ?? true) };
      });
    },
    async judge(changes, signal, known) {
      const keyed = changes.filter((change): change is SeenChange['change'] => change.key !== null && !change.key.includes(null));
      const [mine, others] = [keyed.filter(({ source }) => source === primary.source), keyed.filter(({ source }) => source !== primary.source)];
      const judged = [
        ...(mine.length === 0 ? [] : await judgeSome(mine, own, readers[0]!, signal)),
        ...(others.length === 0 ? [] : (await judgeSome(others, foreign, readers[1]!, signal)).map(asPart)),
      ];
      const inOrder = judged.toSorted((a, b) => a.change.sequence - b.change.sequence);
      return inOrder.flatMap((each) => see(each, known, (path) => features.readable(type.name, path)));
    },
  };
}

/** The images that may be seen, and whether the filter was and is met. */
interface Judged extends Pick<SeenChange, 'change' | 'before' | 'after'> {
  readonly metBefore: boolean;
  readonly metAfter: boolean;
}

function asWhole(where: unknown): ImageFilter {
  if (where === undefined || where === null) return { conditions: [], test: () => true };
  const condition: EntityCondition = { where, negated: false };
  return { conditions: [condition], test: (_image, met, unknown) => met?.[0] ?? unknown };
}

/** Of an entity that another source has: it was there before this source said anything of it, and stays when it no longer does. */
function asPart(judged: Judged): Judged {
  const met = judged.metBefore || judged.metAfter;
  return { ...judged, metBefore: met, metAfter: met };
}

function see({ change, before, after, metBefore, metAfter }: Judged, known: KnownMembers | undefined, readable: (path: string) => boolean): SeenChange[] {
  const member = known?.get(change.key, change);
  known?.set(change.key, metAfter);
  if (!metBefore && !metAfter && member !== true) return [];
  // Conditions on other rows are tested as things are now: only what was told before says how they were.
  const transition: Transition = metAfter ? ((member ?? metBefore) ? 'STAYED' : 'ENTERED') : 'LEFT';
  // Of a row that went out of sight nothing new is told.
  const wentOutOfSight = after === null && change.after !== null;
  const changedFields = wentOutOfSight ? [] : change.changedFields.filter(readable);
  if (change.op === 'UPDATED' && transition === 'STAYED' && changedFields.length === 0) return [];
  return [{ change, transition, changedFields, before, after }];
}
