import { interpret } from '../connectors/registry.ts';
import type { CrosswalkKeeper } from '../federation/crosswalk/keeper.ts';
import { scanColumns, scannedKey } from '../federation/crosswalk/scan-crosswalk.ts';
import type { WireValue } from '../schema/model/physical-type.ts';
import { affectedRows } from './affected-rows.ts';
import { tableName, tablesOf } from './captured-tables.ts';
import type { ImageView, RowStep } from './image-view.ts';
import type { Translator } from './translator.ts';

/** Tells the crosswalk what steps change in it, so that a row that arrives is reachable from the other departments as soon as it is told of. */
export async function learnCrosswalk(
  keeper: CrosswalkKeeper,
  translator: Translator,
  steps: readonly RowStep[],
  view: ImageView,
  timeZone: string,
): Promise<void> {
  for (const { binding, shape } of translator.crosswalks) {
    const tables = new Set(tablesOf(binding.rows).map(tableName));
    const own = steps.filter((step) => tables.has(step.table));
    if (own.length === 0) continue;
    const { before, after } = await affectedRows(shape, own, view, timeZone);
    const columns = scanColumns(binding);
    const named = (rows: readonly (readonly WireValue[])[]) => rows.filter((row) => row[0] !== null && !String(row[0]).includes('\0'));
    const old = named(interpret(binding.rows, [binding.local], before, timeZone));
    const now = named(interpret(binding.rows, columns, after, timeZone));
    const locals = [...new Set([...old, ...now].map((row) => String(row[0])))];
    if (locals.length > 0)
      await keeper.learn(
        binding,
        locals,
        now.map((row) => scannedKey(binding, row)),
      );
  }
}
