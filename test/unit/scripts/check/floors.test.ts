import { describe, expect, it } from 'vitest';
import { faultsOf, ownImports } from '../../../../scripts/check/floors.ts';

const faults = (...edges: readonly (readonly [string, string])[]): string[] => {
  const imports = new Map<string, { to: string; line: number }[]>();
  for (const [from, to] of edges) imports.set(from, [...(imports.get(from) ?? []), { to, line: 1 }]);
  return faultsOf(imports);
};

describe('floorFaults', () => {
  it('lets a room import from the floors below it and from itself', () => {
    expect(
      faults(['server/main.ts', 'schema/model/a.ts'], ['federation/plan/a.ts', 'connectors/spi/ir.ts'], ['federation/plan/a.ts', 'federation/execute/b.ts']),
    ).toEqual([]);
  });

  it('refuses imports from above and from the same floor', () => {
    expect(faults(['schema/a.ts', 'connectors/spi/ir.ts'])).toEqual([
      'schema/a.ts:1 imports connectors/spi/ir.ts: schema is on floor 1, connectors on floor 2, which is not below it',
    ]);
    expect(faults(['store/a.ts', 'connectors/spi/ir.ts'])).toHaveLength(1);
    expect(faults(['federation/a.ts', 'access/b.ts'])).toHaveLength(1);
  });

  it('lets only the registry and the dialect itself name a dialect', () => {
    expect(faults(['connectors/registry.ts', 'connectors/postgres/a.ts'], ['connectors/postgres/a.ts', 'connectors/postgres/b.ts'])).toEqual([]);
    expect(faults(['server/main.ts', 'connectors/postgres/a.ts'])).toHaveLength(1);
    expect(faults(['connectors/mysql/a.ts', 'connectors/postgres/a.ts'])).toHaveLength(1);
  });

  it('keeps the house independent of tests and scripts', () => {
    expect(faults(['server/main.ts', 'scripts/cli.ts'])).toHaveLength(1);
    expect(faults(['scripts/cli.ts', 'test/helpers/a.ts'])).toHaveLength(1);
    expect(faults(['test/unit/a.ts', 'connectors/postgres/a.ts'], ['scripts/a.ts', 'server/main.ts'])).toEqual([]);
  });

  it('asks for a floor for a new room', () => {
    expect(faults(['attic/a.ts', 'schema/a.ts'])[0]).toContain('has no floor');
  });

  it('reports each circle through several folders once, and leaves circles within a folder', () => {
    expect(faults(['schema/a/x.ts', 'schema/b/y.ts'], ['schema/b/y.ts', 'schema/a/x.ts'])).toHaveLength(1);
    expect(faults(['schema/a/x.ts', 'schema/a/y.ts'], ['schema/a/y.ts', 'schema/a/x.ts'])).toEqual([]);
  });
});

describe('ownImports', () => {
  it('finds every form of import of own files with its line, and no package', () => {
    const source = [
      `import { a } from './a.ts';`,
      `import type { B } from '../b.ts';`,
      `import pg from 'pg';`,
      `export { c } from './c.ts';`,
      `export * from './d.ts';`,
      `const e = await import('./e.ts'); // import './f.ts'`,
    ].join('\n');
    expect(ownImports('room/part/file.ts', source)).toEqual([
      { to: 'room/part/a.ts', line: 1 },
      { to: 'room/b.ts', line: 2 },
      { to: 'room/part/c.ts', line: 4 },
      { to: 'room/part/d.ts', line: 5 },
      { to: 'room/part/e.ts', line: 6 },
    ]);
  });
});
