// Imported before everything else.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// graphql reads this once, when it is loaded, and is several times slower without it.
process.env['NODE_ENV'] ??= 'production';
// A second start need not compile hundreds of modules again. Not in the system's folder for temporary files, where anybody could put code.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
// By itself V8 collects when the heap has grown to several times of what is in use, and keeps that of the system's memory.
setFlagsFromString('--heap-growing-percent=25');
