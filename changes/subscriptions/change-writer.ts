import type { SelectionSetNode } from 'graphql';
import { createEntityReader, type EntityDocument, type EntityKey, type EntityText } from '../../federation/execute/entity-reader.ts';
import type { ExecutionEnvironment } from '../../federation/execute/execute-operation.ts';
import type { FieldError } from '../../federation/execute/execution.ts';
import { createTally, tallyKey, type Tally } from '../../federation/execute/tally.ts';
import { createImageWriter } from '../../federation/execute/image-writer.ts';
import type { Selected } from '../../federation/plan/selection.ts';
import { encodeGlobalId } from '../../schema/api/global-id.ts';
import { screamingSnake } from '../../schema/api/names.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { SeenChange } from './change-filter.ts';
import { distinctKeys } from './distinct-keys.ts';

/** One event as it is sent: the value of the root field as JSON text, and what failed in it. */
export interface WrittenChange {
  readonly sequence: number;
  readonly cursor: string;
  readonly text: string;
  readonly errors: readonly FieldError[];
  /** The entities in it. */
  readonly shown: Tally | undefined;
}

/** Writes changes of one type as a subscription selects them; entities are read once for all of them. */
export type WriteChanges = (seen: readonly SeenChange[], signal: AbortSignal) => Promise<readonly WrittenChange[]>;

interface Part {
  readonly head: string;
  readonly write: (seen: SeenChange, cursor: string, node: EntityText | undefined) => string;
}

export interface ChangeWriterOptions {
  readonly environment: ExecutionEnvironment;
  readonly document: EntityDocument;
  readonly type: UnifiedType;
  /** The root field's response key. */
  readonly root: string;
  /** `XChange` or `Change`, on which `fields` are selected. */
  readonly typeName: string;
  readonly fields: readonly Selected[];
  readonly cursorOf: (sequence: number) => string;
  /** Most keys of a type that are kept for the record; 0: nothing is. */
  readonly subjectKeys: number;
}

/** @throws {HubError} SOURCE_UNAVAILABLE | SOURCE_CAPABILITY_MISSING */
export function createChangeWriter({ environment, document, type, typeName, root, fields, cursorOf, subjectKeys }: ChangeWriterOptions): WriteChanges {
  const nodes = fields.filter(({ name }) => name === 'node');
  const readers = nodes.map((selected) => ({ selected, reader: createEntityReader(environment, document, type, selected.sets) }));
  const image = (sets: readonly SelectionSetNode[]) => createImageWriter(environment, document, type, sets);
  const parts = fields.map((selected, i): Part => ({
    head: `${i === 0 ? '{' : ','}${JSON.stringify(selected.key)}:`,
    write: selected.name === '__typename' ? () => JSON.stringify(typeName) : partOf(selected, type, image),
  }));
  return async (seen, signal) => {
    const keys = distinctKeys(seen.map(({ change }) => change));
    const tallies = subjectKeys === 0 ? undefined : keys.list.map((key) => tallyOf(type, key, subjectKeys));
    const read = await Promise.all(
      readers.map(async ({ selected, reader }) => [selected.key, await reader.read(keys.list, { signal, path: [root, selected.key], tallies })] as const),
    );
    const texts = new Map(read);
    return seen.map((each): WrittenChange => {
      const at = keys.indexOf(each.change);
      const { sequence } = each.change;
      const cursor = cursorOf(sequence);
      let text = '';
      parts.forEach(({ head, write }, i) => (text += head + write(each, cursor, texts.get(fields[i]?.key ?? '')?.[at])));
      return { sequence, cursor, text: `${text}}`, errors: read.flatMap(([, all]) => all[at]?.errors ?? []), shown: tallies?.[at] };
    });
  };
}

function tallyOf({ name }: UnifiedType, key: EntityKey, subjectKeys: number): Tally {
  const tally = createTally(subjectKeys);
  tally.addEntity(name, tallyKey(key));
  return tally;
}

function partOf(
  { name, sets }: Selected,
  type: UnifiedType,
  image: (sets: readonly SelectionSetNode[]) => ReturnType<typeof createImageWriter>,
): Part['write'] {
  switch (name) {
    case 'cursor':
      return (_seen, cursor) => JSON.stringify(cursor);
    case 'op':
    case 'committedAt':
    case 'department':
    case 'source':
      return ({ change }) => JSON.stringify(change[name]);
    case 'transition':
    case 'changedFields':
      return (seen) => JSON.stringify(seen[name]);
    case 'type':
      return () => JSON.stringify(screamingSnake(type.name));
    case 'key':
      return ({ change: { key } }) => JSON.stringify(key.length === 1 ? String(key[0]) : JSON.stringify(key));
    case 'id':
      return ({ change: { key } }) => JSON.stringify(encodeGlobalId(type.name, key as string[]));
    case 'before':
    case 'after': {
      const write = image(sets);
      return (seen) => {
        const row = seen[name];
        return row === null ? 'null' : write(row);
      };
    }
    default: // node
      return (_seen, _cursor, node) => node?.text ?? 'null';
  }
}
