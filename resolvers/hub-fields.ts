import { readClock } from '../federation/values/clock.ts';
import type { QueryResolvers } from './generated/hub-resolvers.ts';

export const hub: NonNullable<QueryResolvers['hub']> = (_parent, _args, { generation, clock }) => ({
  version: generation.version,
  generation: generation.number,
  clock: readClock(clock, generation.supergraph.timeZone).now,
  timeZone: generation.supergraph.timeZone,
});

export const operationExamples: NonNullable<QueryResolvers['operationExamples']> = (_parent, _args, { examples }) => examples;
