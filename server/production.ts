// Imported before everything else.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// graphql reads this once, when it is loaded, and is several times slower without it.
process.env['NODE_ENV'] ??= 'production';
// A second start need not compile hundreds of modules again. Not in the system's folder for temporary files, where anybody could put code.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
