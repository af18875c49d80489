// Imported before everything else.
import { enableCompileCache } from 'node:module';

// graphql reads this once, when it is loaded, and is several times slower without it.
process.env['NODE_ENV'] ??= 'production';
// A second start need not compile hundreds of modules again.
enableCompileCache();
