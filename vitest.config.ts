import { createRequire } from 'node:module';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Neither the hub's zone nor UTC, so that code which leans on the machine's zone fails.
process.env['TZ'] = 'America/St_Johns';
// Every file is a process of its own, and many start further ones: what one has compiled, the next need not.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve(import.meta.dirname, 'node_modules/.cache/compiled');

/** These promise milliseconds, or fill the machine: they have it to themselves. */
const TIMED = [
  ...['event-loop', 'kill-storm', 'overload', 'publish-storm', 'slow-subscriber', 'source-down', 'source-server'].map((name) => `test/fault/${name}.test.ts`),
  'test/e2e/process.test.ts',
];

const project = (name: string, groupOrder: number, maxWorkers: number, files: { readonly include: string[]; readonly exclude?: string[] }) => ({
  resolve: {
    // Without this the sources get graphql as an ES module and their dependencies get it as CommonJS: two realms.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    name,
    ...files,
    pool: 'forks' as const,
    maxWorkers,
    // As the product runs: graphql is several times slower otherwise.
    env: { NODE_ENV: 'production' },
    sequence: { groupOrder },
    testTimeout: 30_000,
    // The first hook that needs a database waits for its server, in the worst case for its installation.
    hookTimeout: 300_000,
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/global-setup.ts'],
    projects: [project('plain', 0, 2, { include: ['test/**/*.test.ts'], exclude: TIMED }), project('timed', 1, 1, { include: TIMED })],
  },
});
