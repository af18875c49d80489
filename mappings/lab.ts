import { setImmediate } from 'node:timers/promises';
import { getOperationAST, parse, validate, type DocumentNode } from 'graphql';
import type { Composition } from '../federation/supergraph/compose.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import { createGeneration } from '../federation/supergraph/generation.ts';
import type { View } from '../federation/supergraph/view.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Rights } from '../schema/model/rights.ts';
import type { UsedOperation } from './usage.ts';

/** One operation, asked of what is live and of a draft. */
export interface Trial {
  readonly name: string;
  /** `same`: byte for byte. */
  readonly outcome: 'same' | 'differs' | 'fails' | 'invalid';
  readonly liveMs: number;
  readonly draftMs: number;
  /** What the draft's answer adds in errors, or why it cannot be asked. */
  readonly errors: readonly string[];
  /** Rows in all lists of the two answers. */
  readonly liveRows: number;
  readonly draftRows: number;
  /** Leaf values compared, and those that differ. */
  readonly values: number;
  readonly changed: number;
  /** At most `DELTAS_MAX`: place, live → draft. */
  readonly deltas: readonly { readonly path: string; readonly live: string; readonly draft: string }[];
  /** What the answers took from the sources. */
  readonly reads: readonly SourceReads[];
}

const DELTAS_MAX = 20;

export interface TryOut {
  readonly federation: Federation;
  readonly composition: Composition;
  /** Whose the trials are: others' operations show them no more than their own would. */
  readonly rights: Rights;
  readonly operations: readonly UsedOperation[];
  /** How many at most. */
  readonly count: number;
}

/** Asks operations of the live generation and of a shadow of the draft, one after the other, and compares the answers. Nothing is switched; what these rights could not ask is left out. */
export async function tryOut({ federation, composition, rights, operations, count }: TryOut, signal: AbortSignal): Promise<Trial[]> {
  const live = federation.generation().view(rights);
  const shadow = createGeneration(0, composition).view(rights);
  const trials: Trial[] = [];
  for (const operation of operations) {
    if (trials.length >= count || signal.aborted) break;
    await setImmediate(); // there may be thousands
    const parsed = parse(operation.document);
    if (validate(live.schema, parsed, undefined, { maxErrors: 1 }).length === 0)
      trials.push(await trial(federation, [live, shadow], operation, parsed, signal));
  }
  return trials;
}

async function trial(
  federation: Federation,
  [live, shadow]: readonly [View, View],
  { name, document, variables }: UsedOperation,
  parsed: DocumentNode,
  signal: AbortSignal,
): Promise<Trial> {
  const none = { name, liveMs: 0, draftMs: 0, liveRows: 0, draftRows: 0, values: 0, changed: 0, deltas: [], reads: [] };
  const faults = validate(shadow.schema, parsed, undefined, { maxErrors: 5 });
  if (faults.length > 0) return { ...none, outcome: 'invalid', errors: faults.map(({ message }) => message) };
  const [before, after] = [await ask(live), await ask(shadow)];
  if ('error' in after) return { ...none, outcome: 'fails', errors: [after.error] };
  if ('error' in before) return { ...none, outcome: 'differs', errors: [] };
  const known = new Set(before.errors);
  const errors = after.errors.filter((error) => !known.has(error));
  const [was, is] = [JSON.parse(before.data) as unknown, JSON.parse(after.data) as unknown];
  const [a, b] = [leaves(was), leaves(is)];
  const paths = new Set([...a.keys(), ...b.keys()]);
  const deltas: Trial['deltas'][number][] = [];
  let changed = 0;
  for (const path of paths) {
    const [old, now] = [a.get(path), b.get(path)];
    if (old === now) continue;
    changed++;
    if (deltas.length < DELTAS_MAX) deltas.push({ path, live: old ?? 'nothing', draft: now ?? 'nothing' });
  }
  const outcome = errors.length > 0 ? 'fails' : changed > 0 ? 'differs' : 'same';
  const reads = [...before.reads, ...after.reads];
  return {
    name,
    outcome,
    reads,
    liveMs: before.ms,
    draftMs: after.ms,
    liveRows: rowsIn(was),
    draftRows: rowsIn(is),
    errors,
    values: paths.size,
    changed,
    deltas,
  };

  async function ask(
    view: View,
  ): Promise<{ readonly data: string; readonly errors: string[]; readonly ms: number; readonly reads: readonly SourceReads[] } | { readonly error: string }> {
    const node = getOperationAST(parsed, name === 'unnamed' ? undefined : name);
    if (!node || node.operation !== 'query') return { error: 'only queries can be tried' };
    const start = performance.now();
    try {
      const result = await federation.execute({ document: parsed, operation: node, text: document, variables, view, signal, foreign: new Map() });
      return {
        data: result.data,
        errors: result.errors.map(({ error, path }) => `${error.code} at ${path.join('.')}`),
        ms: performance.now() - start,
        reads: result.reads,
      };
    } catch (error) {
      if (error instanceof HubError) return { error: `${error.code}: ${error.message}` };
      throw error;
    }
  }
}

function rowsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null).length : 0;
  return Object.values(value).reduce<number>((sum, part) => sum + rowsIn(part), own);
}

/** Values by their place; rows by their number. Opaque ids and cursors are the same in both. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) found.set(path, JSON.stringify(value));
  else for (const [key, part] of Object.entries(value)) leaves(part, path === '' ? key : `${path}.${key}`, found);
  return found;
}
