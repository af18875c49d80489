import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { isPlannedRoot } from '../federation/plan/plan-operation.ts';
import type { View } from '../federation/supergraph/view.ts';
import { answerOperation, success, type AnswerOptions, type CheckedOperation } from './answer-operation.ts';
import { checkVariables, clientError } from './check-variables.ts';
import type { KnownOperations } from './known-operations.ts';
import { compileInputCount } from './limits/input-count.ts';
import { checkIntrospection } from './limits/introspection-size.ts';
import { compileObjectCount } from './limits/operation-cost.ts';
import { notNullVariables } from './not-null-variables.ts';
import type { RequestContext } from './request-context.ts';
import { splitRootFields } from './root-fields.ts';

export type OperationPluginOptions = AnswerOptions;

type Request = GraphQLRequestContext<BaseContext & RequestContext>;
type Prepared = Omit<CheckedOperation, 'text'>;

/**
 * Answers operations: the hub's own root fields by graphql-js, all others by the federation, whose JSON text goes out as it is.
 * @param known told of operations that later requests may take up without being parsed and validated again
 */
export function operationPlugin(options: OperationPluginOptions, view: View, known: KnownOperations): ApolloServerPlugin<BaseContext & RequestContext> {
  const { limits } = options.configuration;
  const prepared = new WeakMap<OperationDefinitionNode, Prepared>();
  const prepare = (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Prepared => {
    const found = prepared.get(operation);
    if (found) return found;
    checkIntrospection(schema, document, operation);
    const isPlanned = (name: string): boolean => operation.operation === 'query' && isPlannedRoot(view, name);
    const made = {
      document,
      operation,
      roots: splitRootFields(document, operation, isPlanned),
      objects: compileObjectCount(schema, document, operation, limits),
      notNull: notNullVariables(schema, document, operation),
      inputs: operation.operation === 'mutation' ? () => 0 : compileInputCount(schema, document, operation),
    };
    prepared.set(operation, made);
    return made;
  };

  return {
    async requestDidStart() {
      let coerced: Readonly<Record<string, unknown>> = {};
      return {
        async didResolveOperation({ schema, document, operation, request, source, contextValue }) {
          if (!operation) return;
          if (!schema.getRootType(operation.operation))
            throw clientError('GRAPHQL_VALIDATION_FAILED', `The hub has no ${operation.operation} operations.`, operation);
          checkTransport(operation, contextValue.stream);
          const checked = prepare(schema, document, operation);
          coerced = checkVariables(options, schema, checked, request.variables ?? {}, contextValue.session.principal);
          if (!checked.roots.own) known.remember(request.operationName, { ...checked, text: source ?? '' });
        },
        async responseForOperation({ schema, document, operation, request, source, contextValue }: Request) {
          if (!document || !operation) return null; // Apollo says why
          const { stream, session } = contextValue;
          if (stream && operation.operation === 'subscription') {
            stream.request = {
              requestId: contextValue.requestId,
              document,
              operation,
              text: source ?? '',
              rawVariables: request.variables ?? {},
              variables: coerced,
              view,
              currentView: session.view,
              principal: session.principal,
            };
            return success({ data: null });
          }
          const checked = { ...prepare(schema, document, operation), text: source ?? '' };
          const { variables = {}, extensions } = request;
          return answerOperation(options, view, checked, { variables, coerced, extensions, context: contextValue });
        },
      };
    },
  };
}

/** Subscriptions need a transport for several answers; what any web page could send must change nothing. */
function checkTransport(operation: OperationDefinitionNode, stream: RequestContext['stream']): void {
  if (operation.operation === 'subscription' && !stream)
    throw clientError('BAD_REQUEST', 'Subscribe over a WebSocket (graphql-transport-ws), or prefer text/event-stream in the accept header.', operation);
  if (operation.operation === 'mutation' && stream?.mutations === false) throw clientError('BAD_REQUEST', 'Send mutations by POST.', operation);
}
