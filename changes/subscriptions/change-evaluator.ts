import type { FieldError } from '../../federation/execute/execution.ts';
import type { ExecutionEnvironment } from '../../federation/execute/execute-operation.ts';
import { contextOf } from '../../federation/execute/entity-reader.ts';
import { concrete, isVariableRef, type PlanContext } from '../../federation/plan/plan-context.ts';
import { selectFields, type Selected } from '../../federation/plan/selection.ts';
import { changeFieldName, changeName } from '../../schema/api/names.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { LOSS, type ChangeOp, type LoggedChange } from '../../schema/model/change.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { Capture } from '../../store/capture-table.ts';
import type { Federation } from '../../federation/supergraph/federation.ts';
import type { Evaluator, ReadyEvent } from './channel.ts';
import { createChangeFilter, type ChangeFilter, type SeenChange } from './change-filter.ts';
import { createChangeWriter, type WrittenChange } from './change-writer.ts';
import type { StreamDocument, StreamStart } from './create-topic.ts';
import { filterDependencies } from './filter-dependencies.ts';
import type { Gap } from './gap.ts';
import { membershipOf } from './membership-of.ts';
import type { Membership, MembershipOptions } from './membership.ts';
import type { SequenceCursors } from './sequence-cursor.ts';

/** What of the change log a subscription needs. */
export interface WantedChanges {
  readonly types: readonly string[];
  /** Who has rows of these types. */
  readonly departments: readonly string[];
}

export interface ChangeEvaluatorParts {
  readonly federation: Pick<Federation, 'configuration' | 'execute' | 'generation' | 'keeper'>;
  readonly environment: ExecutionEnvironment;
  readonly store: MembershipOptions['store'];
  readonly log: MembershipOptions['log'];
  /** Lets so many filters be read anew at a time. */
  readonly gate: <T>(work: () => Promise<T>) => Promise<T>;
  readonly cursors: SequenceCursors;
  /** Most keys of a type that the record of an event names; 0: there is no record. */
  readonly subjectKeys: number;
  /** Errors of one event as JSON text of `errors`. */
  readonly printErrors: (errors: readonly FieldError[]) => string;
}

/** The type whose changes a root field is about; undefined for `changes`, which is about all. */
export function typeOfField(view: StreamDocument['view'], field: string): UnifiedType | undefined {
  for (const type of view.supergraph.model.types.values()) if (type.kind === 'entity' && changeFieldName(type.names.one) === field) return type;
  return undefined;
}

/** Where the operation says that it begins. */
export function startOfChanges(environment: ExecutionEnvironment, document: StreamDocument): StreamStart {
  const { context, root } = rootOf(environment, document);
  const given = (name: string): string | undefined => {
    const value = concrete(context, root.args[name]);
    return typeof value === 'string' ? value : undefined;
  };
  return { after: given('after'), consumer: given('consumer') };
}

export type Captures = () => Promise<readonly Pick<Capture, 'source' | 'gapSequence'>[]>;

/** The newest loss of changes in a source that the subscription is told from. */
export async function gapOfChanges(environment: ExecutionEnvironment, document: StreamDocument, captures: Captures): Promise<Gap | undefined> {
  const gaps = (await captures()).filter(({ gapSequence }) => gapSequence !== null);
  if (gaps.length === 0) return undefined;
  const parts = rootOf(environment, document);
  const bindings = tellingTypes(parts, document, wantedTypes(parts, document)).flatMap((type) => document.view.supergraph.bindings.get(type) ?? []);
  const concerned = gaps.flatMap(({ source, gapSequence }): Gap[] => {
    const binding = bindings.find((each) => each.source === source);
    return binding && gapSequence !== null ? [{ sequence: gapSequence, source, department: binding.department }] : [];
  });
  return concerned.toSorted((a, b) => b.sequence - a.sequence)[0];
}

function wantedTypes({ context, root }: ReturnType<typeof rootOf>, document: StreamDocument): readonly string[] {
  const own = typeOfField(document.view, root.name);
  return own ? [own.name] : (listed<string>(context, root, 'types') ?? readableTypes(document));
}

/** The types wanted, and those that a filter asks of what can be seen: their rows decide too who enters and leaves. */
function tellingTypes({ context, root }: ReturnType<typeof rootOf>, { view }: StreamDocument, wanted: readonly string[]): readonly string[] {
  const own = typeOfField(view, root.name);
  if (!own) return wanted;
  const { reads } = filterDependencies(view.supergraph, own.name, settled(context, root.args['where']));
  return [...new Set([...wanted, ...reads.map(({ type }) => type)])].filter((name) => view.supergraph.model.types.has(name));
}

/** Evaluates `<type>Changes` and `changes`. @throws {HubError} the filter or the selection cannot be used */
export function createChangeEvaluator(parts: ChangeEvaluatorParts, document: StreamDocument): Evaluator<LoggedChange, WantedChanges> {
  const { cursors, printErrors, environment } = parts;
  const { context, root } = rootOf(environment, document);
  const { model } = document.view.supergraph;
  const own = typeOfField(document.view, root.name);
  const names = wantedTypes({ context, root }, document);
  const operations = listed<ChangeOp>(context, root, 'operations');
  const judges = new Map(names.map((name) => [name, judgeOf(model.types.get(name))]));
  const membership = own && judges.get(own.name)?.membership;
  const key = JSON.stringify(root.key);
  const ready = ({ sequence, cursor, text, errors, shown }: WrittenChange): ReadyEvent => ({
    sequence,
    cursor,
    shown,
    payload: Buffer.from(`{${errors.length === 0 ? '' : `"errors":${printErrors(errors)},`}"data":{${key}:${text}}}`),
  });
  const isAsked = ({ op }: LoggedChange): boolean => operations === undefined || operations.includes(op);
  const wanted = { types: [...new Set([...names, ...(membership?.types ?? [])])] };
  const departments = new Set(wanted.types.flatMap((name) => document.view.supergraph.bindings.get(name) ?? []).map(({ department }) => department));
  const told = new Set(
    tellingTypes({ context, root }, document, names)
      .flatMap((name) => document.view.supergraph.bindings.get(name) ?? [])
      .map(({ source }) => source),
  );
  if (!membership) requireCaptured(parts, told, names); // who is in a filter through relations may change by the crosswalk alone
  const gapOf = ({ type, sequence, source, department }: LoggedChange): Gap | undefined =>
    type === LOSS && told.has(source) ? { sequence, source, department } : undefined;
  return {
    filter: { types: [...wanted.types, LOSS], departments: [...departments] },
    gapOf,
    keep: (change) => gapOf(change) !== undefined || (membership ? wanted.types.includes(change.type) : judges.has(change.type) && isAsked(change)),
    async evaluate(page, signal) {
      if (membership) return (await membership.write(await membership.of.evaluate(page, signal), signal)).map(ready);
      const byType = Map.groupBy(page.events.filter(isAsked), ({ type }) => type);
      const written = await Promise.all(
        [...byType].map(async ([type, some]) => {
          const judge = judges.get(type);
          return judge ? judge.write(await judge.filter.judge(some, signal), signal) : [];
        }),
      );
      return written
        .flat()
        .toSorted((a, b) => a.sequence - b.sequence)
        .map(ready);
    },
    ...(membership === undefined
      ? {}
      : {
          renewal: {
            ...membership.of.renewal,
            renew: async (position, signal) => (await membership.write(await membership.of.renewal.renew(position, signal), signal)).map(ready),
          },
        }),
  };

  function judgeOf(type: UnifiedType | undefined): Judge {
    if (!type) throw new HubError('BAD_USER_INPUT', 'There is no such type.');
    const typeName = own ? changeName(type.name) : 'Change';
    const where = settled(context, root.args['where']);
    const filter = createChangeFilter(environment, document, type, where);
    const fields = selectFields(context, typeName, root.sets);
    const writeAll = createChangeWriter({
      environment,
      document,
      type,
      typeName,
      root: root.key,
      fields,
      cursorOf: cursors.encode,
      subjectKeys: parts.subjectKeys,
    });
    const write: Judge['write'] = async (seen, signal) => {
      const asked = seen.filter(({ change }) => isAsked(change));
      return asked.length === 0 ? [] : writeAll(asked, signal);
    };
    if (!own || !filter.hasConditions) return { filter, write };
    return { filter, write, membership: { ...membershipOf(parts, document, type, where, filter), write } };
  }
}

interface Judge {
  readonly filter: ChangeFilter;
  readonly write: (seen: readonly SeenChange[], signal: AbortSignal) => Promise<readonly WrittenChange[]>;
  /** Where changes of other rows can make entities enter and leave. */
  readonly membership?: { readonly of: Membership; readonly types: readonly string[]; readonly write: Judge['write'] };
}

function rootOf(environment: ExecutionEnvironment, document: StreamDocument): { readonly context: PlanContext; readonly root: Selected } {
  const context = contextOf(environment, document, environment.clock());
  const [root] = selectFields(context, 'Subscription', [document.operation.selectionSet]);
  if (!root) throw new HubError('BAD_USER_INPUT', 'The subscription selects nothing.');
  return { context, root };
}

/** @throws {HubError} BAD_USER_INPUT where whoever subscribes would wait for ever */
function requireCaptured({ federation }: ChangeEvaluatorParts, told: ReadonlySet<string>, types: readonly string[]): void {
  const { sources } = federation.configuration();
  if (told.size === 0 || [...told].some((source) => (sources.get(source)?.changes ?? 'none') !== 'none')) return;
  const some = types.length > 3 ? 'these types' : types.join(', ');
  throw new HubError(
    'BAD_USER_INPUT',
    `changes of ${some} are not captured, so nothing would ever be told; the operator sets "changes" of their sources in hub.yaml`,
  );
}

/** Entities that the view's API has, without those that are told of for a purpose only, when none is stated. */
function readableTypes({ view }: StreamDocument): string[] {
  return [...view.supergraph.model.types.values()].flatMap(({ kind, name }) =>
    kind === 'entity' && view.schema.getType(changeName(name)) && !view.rights.types?.get(name)?.purposeMissing ? [name] : [],
  );
}

/** What a list names; undefined when it is left out. @throws {HubError} BAD_USER_INPUT when it names nothing */
function listed<T>(context: PlanContext, { args }: Selected, name: string): readonly T[] | undefined {
  const list = (settled(context, args[name]) ?? undefined) as readonly T[] | undefined;
  if (list?.length === 0) throw new HubError('BAD_USER_INPUT', `${name} is empty, so nothing would ever be told; leave it out for all`);
  return list;
}

/** An argument with its variables put in. */
function settled(context: PlanContext, value: unknown): unknown {
  if (isVariableRef(value)) return concrete(context, value);
  if (Array.isArray(value)) return value.map((each) => settled(context, each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, settled(context, each)]));
}
