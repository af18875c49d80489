import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError } from 'graphql';
import type { View } from '../federation/supergraph/view.ts';
import { hintAgreements } from './agreement-hints.ts';
import { hintIdentity } from './identity-hints.ts';
import { explainForbiddenFilters } from './forbidden-filters.ts';
import { formatError, type ErrorFormat } from './format-error.ts';
import { stringifyAnswer } from './json-answer.ts';
import { answerType, GRAPHQL_RESPONSE_TYPE } from './answer-type.ts';
import { documentPlugin } from './document-plugin.ts';
import { createKnownOperations, type KnownOperations } from './known-operations.ts';
import { limitsRule } from './limits/limits-rule.ts';
import type { Logger } from './log.ts';
import { operationPlugin, type OperationPluginOptions } from './operation-plugin.ts';
import type { RefusalRecorder } from './record-refusals.ts';
import type { RequestContext } from './request-context.ts';

export interface GraphqlServerOptions extends OperationPluginOptions {
  readonly log: Logger;
  /** Told of the code of every error that leaves the hub. */
  readonly onError: (code: string) => void;
  readonly refusals: RefusalRecorder;
}

/** Errors about the document and its variables: with `application/json`, GraphQL over HTTP answers them with 200. */
const DOCUMENT_CODES: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'AGREEMENT_REQUIRED', 'FORBIDDEN_FILTER', 'BAD_USER_INPUT'];
const MAX_VALIDATION_ERRORS = 5;

export interface GraphqlServer {
  readonly apollo: ApolloServer<BaseContext & RequestContext>;
  /** What it has let through. */
  readonly known: KnownOperations;
}

/** One server for each view, made when it is first asked for: whoever asks is validated, introspected and corrected by their own schema alone. */
export type GraphqlServers = (view: View) => Promise<GraphqlServer>;

export function createGraphqlServers(options: GraphqlServerOptions): GraphqlServers {
  const servers = new WeakMap<View, Promise<GraphqlServer>>();
  return (view) => {
    const found = servers.get(view);
    if (found) return found;
    const made = startGraphqlServer(options, view);
    servers.set(view, made);
    return made;
  };
}

/** Apollo Server over one view; parsing, validation and transport are its, execution is not. */
async function startGraphqlServer(options: GraphqlServerOptions, view: View): Promise<GraphqlServer> {
  const {
    configuration: { limits },
    errorFormat,
    log,
  } = options;
  const known = createKnownOperations();
  const apollo = new ApolloServer<BaseContext & RequestContext>({
    schema: view.schema,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    documentStore: null,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [limitsRule(limits)],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    stringifyResult: stringifyAnswer,
    formatError: (formatted, error) => clientError(formatted, error, errorFormat),
    logger: apolloLogger(log),
    nodeEnv: 'production',
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      documentPlugin(),
      operationPlugin(options, view, known),
      finishingPlugin(options, view),
    ],
  });
  await apollo.start();
  return { apollo, known };
}

/** Apollo has put its own code on the copy: what the hub said stands in the original. */
function clientError(formatted: GraphQLFormattedError, error: unknown, errorFormat: ErrorFormat): GraphQLFormattedError {
  return formatError(error, errorFormat, { path: formatted.path, locations: formatted.locations ?? [] });
}

/** Last, whatever way an answer came about. */
function finishingPlugin({ onError, refusals, access }: GraphqlServerOptions, view: View): ApolloServerPlugin<BaseContext & RequestContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response, request, contextValue, operation, source, document }) {
          if (response.body.kind !== 'single') return;
          const { singleResult } = response.body;
          const { department, unverified } = contextValue.session.principal;
          if (department !== undefined && singleResult.errors && singleResult.data === undefined)
            singleResult.errors = hintAgreements(singleResult.errors, view.schema, document, access.agreements.askedBy(department));
          if (unverified === 'local' && singleResult.errors && singleResult.data === undefined)
            singleResult.errors = hintIdentity(singleResult.errors, document, view.rights.actions);
          if (singleResult.errors && singleResult.data === undefined) singleResult.errors = explainForbiddenFilters(singleResult.errors, view);
          const { errors = [] } = singleResult;
          // Whatever was executed has its record.
          if (errors.length > 0 && !contextValue.recording.done && !contextValue.stream?.request) {
            contextValue.recording.done = true;
            refusals.operation(contextValue, operation, source, errors);
          }
          finishErrors(errors, contextValue.requestId, onError);
          const isDocumentError =
            errors.length > 0 && singleResult.data === undefined && errors.every(({ extensions }) => DOCUMENT_CODES.includes(extensions?.['code']));
          if (isDocumentError && answerType(request.http?.headers.get('accept')) !== GRAPHQL_RESPONSE_TYPE) response.http.status = 200;
        },
      };
    },
  };
}

/** Each error carries the request's id and is counted. */
export function finishErrors(errors: readonly GraphQLFormattedError[] | undefined, requestId: string, onError: (code: string) => void): void {
  for (const { extensions } of errors ?? []) {
    if (extensions) extensions['requestId'] ??= requestId;
    onError(String(extensions?.['code']));
  }
}

/** What clients did wrong is not the operator's concern. */
function apolloLogger(log: Logger) {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown) => log[level]({}, `apollo: ${String(message)}`);
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
