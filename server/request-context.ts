import type { FastifyReply } from 'fastify';
import type { HubContext } from '../resolvers/context.ts';

/** What Apollo's plugins know of the HTTP request. */
export interface RequestContext {
  readonly requestId: string;
  readonly reply: FastifyReply;
  readonly authorize: HubContext['authorize'];
}
