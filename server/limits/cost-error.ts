import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { HubError } from '../../schema/errors/hub-error.ts';

/** What Apollo answers with 400, as LIMIT_COST. */
export function costError(message: string): GraphQLError {
  return new GraphQLError(message, { originalError: new HubError('LIMIT_COST', message), extensions: { http: { status: 400, headers: new HeaderMap() } } });
}
