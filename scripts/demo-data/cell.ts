import type { Cell, Column, Engine } from './table.ts';

/** A neutral value as the engine's driver takes it. */
export function encodeCell(engine: Engine, column: Column, cell: Cell): string | number | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return engine === 'postgres' ? String(cell) : Number(cell);
  if (engine === 'mariadb' && column.type === 'timestamptz') return String(cell).slice(0, 19); // a local time there
  return cell;
}
