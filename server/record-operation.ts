import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { OperationDefinitionNode } from 'graphql';
import type { AccessLog } from '../access/log/open-access-log.ts';
import type { AccessEvent, RecordedReads, RecordedSubjects, Who } from '../access/log/record.ts';
import { createTally, type Tally } from '../federation/execute/tally.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import type { View } from '../federation/supergraph/view.ts';
import type { Principal } from '../schema/model/principal.ts';
import { limitOf } from '../schema/model/rights.ts';

/** What is known of an operation when it begins. */
export interface OperationFacts {
  readonly requestId: string;
  readonly principal: Principal;
  readonly view: View;
  readonly operation: OperationDefinitionNode;
  readonly text: string;
  /** Root fields of the hub's own. */
  readonly own: readonly string[];
  readonly gone: AbortSignal;
}

/** One operation on its way into the access log. */
export interface Recording extends Disposable {
  /** Counts what goes into the answer; absent where nothing is kept. */
  readonly tally?: Tally;
  /** Says what is read of the sources. */
  reads(reads: readonly SourceReads[]): void;
  explained(): void;
  /** Before a mutation runs. @throws {HubError} AUDIT_UNAVAILABLE: it may not run */
  intent(): Promise<void>;
  /** Before the answer leaves; resolves when that is on the disk. @param codes of the errors in it @throws {HubError} AUDIT_UNAVAILABLE: nothing may leave */
  answer(codes: readonly string[], hasData: boolean): Promise<void>;
}

const NOTHING = (): Promise<void> => Promise.resolve();
const UNRECORDED: Recording = { reads: () => undefined, explained: () => undefined, intent: NOTHING, answer: NOTHING, [Symbol.dispose]: () => undefined };

const NAME_MAX = 128;

export function recordOperation(log: AccessLog, facts: OperationFacts): Recording {
  if (!log.keeps) return UNRECORDED;
  const { view, operation, own, gone } = facts;
  const startedAt = performance.now();
  const come = log.expect();
  const tally = createTally(log.subjectKeys);
  let sources: readonly SourceReads[] = [];
  let explain = false;
  const common = {
    request: facts.requestId,
    who: whoOf(facts.principal),
    operation: recordedOf(operation, facts.text),
    generation: view.number,
    release: view.version,
  };
  const event = (kind: AccessEvent['kind'], codes: readonly string[], hasData: boolean): AccessEvent => ({
    kind,
    ...common,
    reads: sources.length > 0 ? sources.map((read) => readsOf(view, read, tally)) : undefined,
    own: own.length > 0 ? own : undefined,
    subjects: tally.entities.size > 0 ? subjectsOf(log, tally) : undefined,
    explain: explain || undefined,
    decision: hasData ? 'allowed' : 'refused',
    errors: countCodes(codes),
    ms: Math.round((performance.now() - startedAt) * 100) / 100,
  });
  return {
    tally,
    reads: (reads) => void (sources = reads),
    explained: () => void (explain = true),
    intent: () => log.record({ kind: 'intent', ...common, ...(own.length > 0 ? { own } : {}), decision: 'allowed' }),
    async answer(codes, hasData) {
      const written = log.record(event(hasData ? 'operation' : 'refusal', codes, hasData));
      come();
      await written;
      recordAbort(log, gone, common.request, common.who);
    },
    [Symbol.dispose]: come,
  };
}

/** When the client goes before it has the answer. Nothing waits for it: what was read stands in the record before. */
function recordAbort(log: AccessLog, gone: AbortSignal, request: string, who: Who): void {
  gone.addEventListener('abort', () => void log.record({ kind: 'abort', request, who, decision: 'allowed' }).catch(() => undefined), { once: true });
}

/** The same one for the same principal: each is written into many records. */
const whos = new WeakMap<Principal, Who>();

export function whoOf(principal: Principal): Who {
  let who = whos.get(principal);
  if (!who) whos.set(principal, (who = makeWho(principal)));
  return who;
}

function makeWho({ subject, department, roles, purpose }: Principal): Who {
  return { subject: subject.slice(0, NAME_MAX), ...(department === undefined ? {} : { department }), roles, ...(purpose === undefined ? {} : { purpose }) };
}

export function nameOf({ name }: OperationDefinitionNode): { readonly name?: string } {
  return name ? { name: name.value.slice(0, NAME_MAX) } : {};
}

const recorded = new WeakMap<OperationDefinitionNode, NonNullable<AccessEvent['operation']>>();

/** The same one for the same parsed operation. */
function recordedOf(operation: OperationDefinitionNode, text: string): NonNullable<AccessEvent['operation']> {
  let known = recorded.get(operation);
  if (!known) recorded.set(operation, (known = { type: operation.operation, ...nameOf(operation), hash: documentHash(text) }));
  return known;
}

const hashes = new LRUCache<string, string>({ max: 1_000, maxSize: 8_000_000, sizeCalculation: (_hash, text) => text.length + 64 });

/** What trusted documents are known by. */
export function documentHash(text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const made = hash('sha256', text);
  hashes.set(text, made);
  return made;
}

const masked = new WeakMap<readonly string[], readonly string[]>();

function readsOf(view: View, { department, source, fields }: SourceReads, tally: Tally): RecordedReads {
  return { department, source, fields, ...maskedOf(view, fields), rows: tally.rows.get(source) ?? 0 };
}

/** Those of the fields that whoever sees this view sees masked. */
export function maskedOf(view: View, fields: readonly string[]): Pick<RecordedReads, 'masked'> {
  let hidden = masked.get(fields);
  if (!hidden) masked.set(fields, (hidden = fields.filter((field) => isMasked(view, field))));
  return hidden.length > 0 ? { masked: hidden } : {};
}

function isMasked({ rights }: View, field: string): boolean {
  const dot = field.indexOf('.');
  return limitOf(rights, field.slice(0, dot), field.slice(dot + 1))?.kind === 'masked';
}

export function subjectsOf(log: AccessLog, tally: Tally): RecordedSubjects[] {
  return [...tally.entities].map(([type, entities]) => ({ type, count: entities.count, keys: log.subjects.all(type, entities) }));
}

export function countCodes(codes: readonly string[]): AccessEvent['errors'] {
  if (codes.length === 0) return undefined;
  const errors: Record<string, number> = {};
  for (const code of codes) errors[code] = (errors[code] ?? 0) + 1;
  return errors;
}
