import { describe, expect, it } from 'vitest';
import { createMemoryConnector } from '../../connectors/memory/connector.ts';
import { ALL_CAPABILITIES, neededCapabilities } from '../../connectors/spi/check-capabilities.ts';
import { testConnector } from './connector-kit.ts';
import { FIXTURE_TIME_ZONE, fixtureCatalog, fixtureTables } from './fixture.ts';

testConnector('memory', async () => {
  const connector = createMemoryConnector({ source: 'memory', catalog: fixtureCatalog(), tables: fixtureTables(), timeZone: FIXTURE_TIME_ZONE });
  return { connector, close: () => connector.close() };
});

describe('a memory connector that can do less', () => {
  const { orders: _orders, ...capabilities } = ALL_CAPABILITIES;
  const connector = createMemoryConnector({ source: 'memory', catalog: fixtureCatalog(), tables: fixtureTables(), capabilities });

  it('refuses what it does not declare and answers the rest', () => {
    const rows = { kind: 'table', table: 'lines', columns: [{ name: 'id', type: { kind: 'integer', bits: 32 } }] } as const;
    const id = { kind: 'column', column: 'id', type: { kind: 'integer', bits: 32 } } as const;
    const plain = { kind: 'rows', query: { rows, columns: [id], orderBy: [], children: [] } } as const;
    const ordered = { kind: 'rows', query: { ...plain.query, orderBy: [{ value: id, direction: 'asc', nulls: 'first' }] } } as const;
    expect([...neededCapabilities(ordered)]).toEqual(['orders']);
    expect(() => connector.prepare(plain)).not.toThrow();
    expect(() => connector.prepare(ordered)).toThrow(expect.objectContaining({ code: 'SOURCE_CAPABILITY_MISSING', source: 'memory' }));
  });
});
