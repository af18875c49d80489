import type { PhysicalType } from '../../schema/model/physical-type.ts';

const DECIMALS = new Set(['DECIMAL', 'NUMERIC', 'NUMBER', 'DEC', 'MONEY']);
const FLOATS = new Set(['REAL', 'FLOAT', 'DOUBLE', 'DOUBLE PRECISION']);
const PADDED = new Set(['CHAR', 'CHARACTER', 'NCHAR', 'NATIVE CHARACTER']);
const BINARIES = new Set(['BLOB', 'BINARY', 'VARBINARY', 'BYTEA']);

const EXACT: Readonly<Record<string, PhysicalType>> = {
  TINYINT: { kind: 'integer', bits: 16 },
  SMALLINT: { kind: 'integer', bits: 16 },
  INT2: { kind: 'integer', bits: 16 },
  INT: { kind: 'integer', bits: 32 },
  INT4: { kind: 'integer', bits: 32 },
  MEDIUMINT: { kind: 'integer', bits: 32 },
  BOOLEAN: { kind: 'boolean' },
  BOOL: { kind: 'boolean' },
  DATE: { kind: 'date' },
  DATETIME: { kind: 'timestamp', zoned: false },
  TIMESTAMP: { kind: 'timestamp', zoned: false },
  TIMESTAMPTZ: { kind: 'timestamp', zoned: true },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', zoned: true },
  TIME: { kind: 'time' },
  JSON: { kind: 'json' },
  UUID: { kind: 'uuid' },
};

/**
 * What a declared type means, since SQLite itself keeps only what it is given. `INTEGER` and every other integer name may hold 64 bits;
 * `DECIMAL_TEXT(p,s)` keeps exact digits as text, other decimal names keep a double.
 */
export function physicalTypeOf(declared: string): PhysicalType {
  const match = /^([A-Z_0-9 ]*?) *(?:\( *\d+ *(?:, *(\d+) *)?\))?( .*)?$/.exec(declared.trim().toUpperCase());
  const name = `${match?.[1] ?? ''}${match?.[3] ?? ''}`.trim().replaceAll(/ +/g, ' ');
  const scale = match?.[2];
  const exact = EXACT[name];
  if (exact !== undefined) return exact;
  if (name === 'DECIMAL_TEXT') return { kind: 'decimal', scale: Number(scale ?? 0), storage: 'text' };
  if (DECIMALS.has(name)) return { kind: 'decimal', ...(scale === undefined ? {} : { scale: Number(scale) }) };
  if (FLOATS.has(name)) return { kind: 'float' };
  if (PADDED.has(name)) return { kind: 'text', padded: true };
  if (BINARIES.has(name)) return { kind: 'binary' };
  if (/INT/.test(name)) return { kind: 'integer', bits: 64 };
  if (/CHAR|CLOB|TEXT|STRING/.test(name)) return { kind: 'text' };
  return { kind: 'other', native: declared };
}
