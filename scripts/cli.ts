#!/usr/bin/env node
/** `yiwang`: runs a hub, and what an operator or a data officer does from a terminal. */
import '../server/production.ts';

// Not before: what is loaded together with the line above is compiled before its cache is on.
const { runProgram } = await import('./cli/program.ts');
await runProgram();
