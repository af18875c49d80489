import type { InterpretedTables } from '../connectors/registry.ts';
import type { CapturedTable } from '../connectors/spi/changes.ts';
import type { Crosswalk } from '../federation/crosswalk/crosswalk.ts';
import type { CrosswalkBinding, TypeBinding } from '../federation/supergraph/binding.ts';
import type { Change } from '../schema/model/change.ts';
import type { Catalog } from '../schema/model/catalog.ts';
import type { UnifiedType } from '../schema/model/unified.ts';
import { affectedRows } from './affected-rows.ts';
import { capturedTables, tableName, tablesOf } from './captured-tables.ts';
import type { ImageView, RowStep } from './image-view.ts';
import { indexesOf, rowShape, type RowIndex, type RowShape } from './row-shape.ts';
import { createUnifiedReader, differences, type RowDifference, type UnifiedReader } from './unified-rows.ts';

/** What a source's changes mean to one generation: which tables count, and what becomes of a type's rows when physical rows change. */
export interface Translator {
  readonly tables: readonly CapturedTable[];
  readonly indexes: readonly RowIndex[];
  readonly crosswalks: readonly { readonly binding: CrosswalkBinding; readonly shape: RowShape }[];
  /** Changes of one transaction's steps, in their order; the view stands before them and is not moved. */
  translate(commit: Commit, view: ImageView, crosswalk: { readonly before: Crosswalk; readonly after: Crosswalk }): Promise<Change[]>;
}

export interface Commit {
  readonly id: string;
  readonly transaction: string;
  readonly committedAt: string;
  /** Of the first step. */
  readonly first: number;
  readonly steps: readonly RowStep[];
}

export interface TranslatorOptions {
  readonly source: string;
  readonly department: string;
  readonly bindings: readonly TypeBinding[];
  readonly crosswalks: readonly CrosswalkBinding[];
  readonly types: ReadonlyMap<string, UnifiedType>;
  readonly catalog: Catalog;
  readonly timeZone: string;
  readonly mappingVersion: number;
}

interface Bound {
  readonly type: string;
  readonly shape: RowShape;
  readonly reader: UnifiedReader;
  readonly tables: ReadonlySet<string>;
}

export function createTranslator(options: TranslatorOptions): Translator {
  const { source, department, catalog, timeZone, mappingVersion } = options;
  const bound = options.bindings.map((binding): Bound => {
    const shape = rowShape(binding.rows);
    return {
      type: binding.type,
      shape,
      reader: createUnifiedReader(binding, options.types.get(binding.type)?.key ?? [], timeZone),
      tables: new Set(tablesOf(binding.rows).map(tableName)),
    };
  });
  const crosswalks = options.crosswalks.map((binding) => ({ binding, shape: rowShape(binding.rows, [binding.local]) }));
  const indexes = new Map([...bound, ...crosswalks].flatMap(({ shape }) => indexesOf(shape)).map((index) => [index.name, index]));

  return {
    tables: capturedTables([...options.bindings, ...options.crosswalks.map(({ rows, local }) => ({ rows, key: [local] }))], catalog),
    indexes: [...indexes.values()],
    crosswalks,
    translate: async ({ id, transaction, committedAt, first, steps }, view, crosswalk) => {
      const found: { readonly ordinal: number; readonly type: string; readonly difference: RowDifference }[] = [];
      for (const { type, shape, reader, tables } of bound) {
        const own = steps.map((step, place) => ({ step, ordinal: first + place })).filter(({ step }) => tables.has(step.table));
        const [earliest] = own;
        if (earliest === undefined) continue;
        const add = (ordinal: number, before: InterpretedTables, after: InterpretedTables): void => {
          for (const difference of differences(reader.read(before, crosswalk.before), reader.read(after, crosswalk.after)))
            found.push({ ordinal, type, difference });
        };
        if (shape.byBaseRow && own.every(({ step }) => shape.base.includes(step.table))) {
          // Nothing but base rows changed, so each step stands for itself, as in the source's log.
          const dictionaries = shape.rowWise
            ? new Map<string, InterpretedTables extends ReadonlyMap<string, infer Rows> ? Rows : never>()
            : (
                await affectedRows(
                  shape,
                  own.map(({ step }) => step),
                  view,
                  timeZone,
                )
              ).before;
          const beside = (step: RowStep, row: RowStep['before']): InterpretedTables => {
            const others = [...dictionaries].filter(([table]) => !shape.base.includes(table));
            return new Map([...others, [step.table, row === null ? [] : [row]]]);
          };
          for (const { step, ordinal } of own) add(ordinal, beside(step, step.before), beside(step, step.after));
        } else {
          const { before, after } = await affectedRows(
            shape,
            own.map(({ step }) => step),
            view,
            timeZone,
          );
          add(earliest.ordinal, before, after);
        }
      }
      const counts = new Map<string, number>();
      return found
        .toSorted((a, b) => a.ordinal - b.ordinal)
        .map(({ ordinal, type, difference }): Change => {
          const stem = `${source}@${id}.${ordinal}.${type}`;
          const nth = counts.get(stem) ?? 0;
          counts.set(stem, nth + 1);
          return { id: `${stem}.${nth}`, department, source, type, ...difference, committedAt, transaction, mappingVersion };
        });
    },
  };
}
