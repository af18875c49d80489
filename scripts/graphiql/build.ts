/** `node scripts/graphiql/build.ts <folder>`: builds GraphiQL into a folder, all at once or not at all. */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';

const [asked] = process.argv.slice(2);
if (asked === undefined) {
  console.error('name the folder to build into');
  process.exit(2);
}
const folder = path.resolve(asked); // Vite would look for it from its own root
const unfinished = `${folder}.${process.pid}`;
await build({
  root: import.meta.dirname,
  base: '/graphiql/',
  configFile: false,
  logLevel: 'error',
  build: { outDir: unfinished, emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 10_000, target: 'es2024', modulePreload: { polyfill: false } },
  worker: { format: 'es' },
});
await rm(folder, { recursive: true, force: true });
await rename(unfinished, folder);
