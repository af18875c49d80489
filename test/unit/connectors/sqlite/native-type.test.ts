import { expect, it } from 'vitest';
import { physicalTypeOf } from '../../../../connectors/sqlite/native-type.ts';

it.each([
  ['INTEGER', { kind: 'integer', bits: 64 }],
  ['int', { kind: 'integer', bits: 32 }],
  ['INT(11)', { kind: 'integer', bits: 32 }],
  ['SMALLINT', { kind: 'integer', bits: 16 }],
  ['UNSIGNED BIG INT', { kind: 'integer', bits: 64 }],
  ['BIGINT', { kind: 'integer', bits: 64 }],
  ['VARCHAR(40)', { kind: 'text' }],
  ['nvarchar(40)', { kind: 'text' }],
  ['TEXT', { kind: 'text' }],
  ['CHAR(8)', { kind: 'text', padded: true }],
  ['CHARACTER(20)', { kind: 'text', padded: true }],
  ['DECIMAL_TEXT(18,2)', { kind: 'decimal', scale: 2, storage: 'text' }],
  ['decimal_text(18, 4)', { kind: 'decimal', scale: 4, storage: 'text' }],
  ['DECIMAL(18,2)', { kind: 'decimal', scale: 2 }],
  ['NUMERIC', { kind: 'decimal' }],
  ['DOUBLE PRECISION', { kind: 'float' }],
  ['REAL', { kind: 'float' }],
  ['BOOLEAN', { kind: 'boolean' }],
  ['DATE', { kind: 'date' }],
  ['DATETIME', { kind: 'timestamp', zoned: false }],
  ['TIMESTAMP(3)', { kind: 'timestamp', zoned: false }],
  ['TIMESTAMP(3) WITH TIME ZONE', { kind: 'timestamp', zoned: true }],
  ['TIMESTAMPTZ', { kind: 'timestamp', zoned: true }],
  ['TIME', { kind: 'time' }],
  ['JSON', { kind: 'json' }],
  ['UUID', { kind: 'uuid' }],
  ['BLOB', { kind: 'binary' }],
  ['', { kind: 'other', native: '' }],
  ['GEOMETRY', { kind: 'other', native: 'GEOMETRY' }],
])('reads the declared type %j as %j', (declared, type) => {
  expect(physicalTypeOf(declared)).toEqual(type);
});
