import type { Row } from '../../connectors/spi/ir.ts';
import type { FieldRef } from '../plan/output.ts';
import type { Plan } from '../plan/plan.ts';
import { keysOfTotals } from '../plan/keys-of-totals.ts';
import { sourceReads, type SourceReads } from '../plan/source-reads.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { CrosswalkBinding } from '../supergraph/binding.ts';
import { compileObject } from './compile-output.ts';
import { compilePrinter } from './compile-printer.ts';
import type { Execution } from './execution.ts';
import { runFetches } from './run-fetches.ts';

/** A plan with its writers compiled. */
export interface PreparedPlan {
  readonly plan: Plan;
  /** What it takes from each source. */
  readonly reads: readonly SourceReads[];
  /** Crosswalks whose open keys its totals miss. */
  readonly crossed: readonly CrosswalkBinding[];
  /** The response's `data` members as JSON text, `{…}`; field errors go to the execution. */
  run(execution: Execution): Promise<string>;
}

/** @param used fields that the plan's conditions read */
export function preparePlan(supergraph: Supergraph, plan: Plan, used: readonly FieldRef[] = []): PreparedPlan {
  const printed = plan.fetches.map((_fetch, i) => compilePrinter(supergraph, plan, i));
  const write = compileObject(supergraph, { kind: 'root', shapes: plan.fetches.map((f) => f.shapes[0] ?? null) }, plan.outputs);
  return {
    plan,
    reads: sourceReads(supergraph, plan, used),
    crossed: keysOfTotals(supergraph, plan),
    run: async (execution) => {
      const root: Row = await runFetches(execution, plan, printed);
      return write(root, execution);
    },
  };
}
