import { Command } from 'commander';
import { HubProblem } from '../../server/hub-problem.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { addAlerts } from './alerts.ts';
import { addAudit } from './audit.ts';
import { addChanges } from './changes.ts';
import { addCheck } from './check.ts';
import { addCrosswalk } from './crosswalk.ts';
import { addDocuments } from './documents.ts';
import { addDraft } from './draft.ts';
import { addDrift } from './drift.ts';
import { addGrants } from './grants.ts';
import { addIntrospect } from './introspect.ts';
import { addExplain } from './explain.ts';
import { printFailure } from './print-failure.ts';
import { addQuery } from './query.ts';
import { addRelease } from './release.ts';
import { addSchema } from './schema.ts';
import { addSuggest } from './suggest.ts';
import { addStart } from './start.ts';
import { addToken } from './token.ts';
import { DEMO, type ConfigOption } from './options.ts';
import { DEMO_DATA, ensureDemo } from '../demo-data/ensure.ts';

/** Runs the command line; its outcome is the process's exit code. */
export async function runProgram(): Promise<void> {
  const program = new Command('yiwang').description('Yiwang 一网: a GraphQL hub over several departments’ databases').showHelpAfterError().exitOverride();
  program.hook('preAction', async (_program, command) => {
    if (command.opts<ConfigOption>().config === DEMO) await ensureDemo(DEMO_DATA);
  });
  for (const add of [
    addStart,
    addCheck,
    addIntrospect,
    addSchema,
    addQuery,
    addExplain,
    addToken,
    addCrosswalk,
    addChanges,
    addGrants,
    addRelease,
    addDraft,
    addDrift,
    addDocuments,
    addSuggest,
    addAudit,
    addAlerts,
  ])
    add(program);

  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Prints what a person can act on. @returns the exit code: 1 something is wrong, 2 wrong usage */
function explain(error: unknown): number {
  if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? 0 : 2; // commander has said it
  if (error instanceof HubProblem) console.error(error.message);
  else if (error instanceof HubError) console.error(printFailure(error));
  else console.error(error);
  return 1;
}
