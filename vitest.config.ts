import { createRequire } from 'node:module';
import path from 'node:path';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// Neither the hub's zone nor UTC, so that code which leans on the machine's zone fails.
process.env['TZ'] = 'America/St_Johns';
// Many tests start processes: what one has compiled, the next need not.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve(import.meta.dirname, 'node_modules/.cache/compiled');

/** These promise milliseconds, or measure what a machine under load cannot: one file at a time has the machine to itself. */
const ALONE = ['test/fault/**/*.test.ts', 'test/e2e/attacks/**/*.test.ts'];

export default defineConfig({
  resolve: {
    // Without this the sources get graphql as an ES module and their dependencies get it as CommonJS: two realms.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    globalSetup: ['test/helpers/global-setup.ts'],
    pool: 'forks',
    // What a file has loaded and compiled, the next one need not.
    isolate: false,
    // As the product runs: graphql is several times slower otherwise.
    env: { NODE_ENV: 'production' },
    testTimeout: 30_000,
    // The first hook that needs a database waits for its server, in the worst case for its installation.
    hookTimeout: 300_000,
    projects: [
      project('together', { include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...ALONE], maxWorkers: 2, sequence: { groupOrder: 0 } }),
      project('alone', { include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } }),
    ],
  },
});

function project(name: string, test: NonNullable<TestProjectInlineConfiguration['test']>): TestProjectInlineConfiguration {
  return { extends: true, test: { name, ...test } };
}
