import type { Connector } from '../../connectors/spi/connector.ts';
import type { ExecutionEnvironment } from '../../federation/execute/execute-operation.ts';
import { createGate } from './gate.ts';

type Gate = ReturnType<typeof createGate>;

/**
 * The same sources, each asked so many times at once at most; what is asked beyond that waits for its turn instead of being refused, and its deadline counts
 * from then. So hundreds of different subscriptions leave room for queries, and one source that hangs holds up only what asks it.
 */
export function gentleEnvironment(environment: ExecutionEnvironment, atOnce: number): ExecutionEnvironment {
  const gates = new Map<string, Gate>();
  const gateOf = (source: string): Gate => {
    const known = gates.get(source) ?? createGate(atOnce);
    gates.set(source, known);
    return known;
  };
  return {
    ...environment,
    connector(source): Connector {
      const connector = environment.connector(source);
      const gate = gateOf(source);
      return {
        ...connector,
        prepare(request) {
          const prepared = connector.prepare(request);
          return { statement: prepared.statement, run: (bindings, call) => gate(() => prepared.run(bindings, call)) };
        },
      };
    },
  };
}
