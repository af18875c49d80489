import { readClock } from '../federation/values/clock.ts';
import type { QueryResolvers } from './generated/hub-resolvers.ts';

export const hub: NonNullable<QueryResolvers['hub']> = (_parent, _args, { view, clock }) => ({
  version: view.version,
  generation: view.number,
  clock: readClock(clock, view.supergraph.timeZone).now,
  timeZone: view.supergraph.timeZone,
});

export const operationExamples: NonNullable<QueryResolvers['operationExamples']> = (_parent, _args, { examples }) => examples;
