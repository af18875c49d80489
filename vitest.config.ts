import { createRequire } from 'node:module';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Neither the hub's zone nor UTC, so that code which leans on the machine's zone fails.
process.env['TZ'] = 'America/St_Johns';
// Every file is a process of its own, and many start further ones: what one has compiled, the next need not.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve(import.meta.dirname, 'node_modules/.cache/compiled');

/** These wait for what takes its time, promise milliseconds, or fill the machine: they have it to themselves. */
const TIMED = [
  'test/fault/**/*.test.ts',
  'test/property/two-worlds.test.ts',
  ...['alert', 'browser', 'change', 'cli', 'data-officer', 'graphiql', 'limits', 'principal', 'process', 'subscription', 'webhooks', 'your-own'].map(
    (name) => `test/e2e/${name}*.test.ts`,
  ),
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
