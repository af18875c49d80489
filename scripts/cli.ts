#!/usr/bin/env node
/** `yiwang`: runs a hub, and what an operator or a data officer does from a terminal. */
import '../server/production.ts';
import { Command } from 'commander';
import { HubProblem } from '../server/hub-problem.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { addCheck } from './cli/check.ts';
import { addCrosswalk } from './cli/crosswalk.ts';
import { addIntrospect } from './cli/introspect.ts';
import { addQuery } from './cli/query.ts';
import { addSchema } from './cli/schema.ts';
import { addStart } from './cli/start.ts';
import { DEMO, type ConfigOption } from './cli/options.ts';
import { DEMO_DATA, ensureDemo } from './demo-data/ensure.ts';

const program = new Command('yiwang').description('Yiwang 一网: a GraphQL hub over several departments’ databases').showHelpAfterError().exitOverride();
program.hook('preAction', async (_program, command) => {
  if (command.opts<ConfigOption>().config === DEMO) await ensureDemo(DEMO_DATA);
});
for (const add of [addStart, addCheck, addIntrospect, addSchema, addQuery, addCrosswalk]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Prints what a person can act on. @returns the exit code: 1 something is wrong, 2 wrong usage */
function explain(error: unknown): number {
  if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? 0 : 2; // commander has said it
  if (error instanceof HubProblem) console.error(error.message);
  else if (error instanceof HubError) console.error(`${error.code}: ${error.message}`);
  else console.error(error);
  return 1;
}
