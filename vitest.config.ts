import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

// Neither the hub's zone nor UTC, so that code which leans on the machine's zone fails.
process.env['TZ'] = 'America/St_Johns';

export default defineConfig({
  resolve: {
    // Without this the sources get graphql as an ES module and their dependencies get it as CommonJS: two realms.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    // The first hook that needs a database waits for its server, in the worst case for its installation.
    hookTimeout: 300_000,
  },
});
