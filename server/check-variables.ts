import { HeaderMap } from '@apollo/server';
import { getVariableValues, GraphQLError, type ASTNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Limits } from '../schema/model/configuration.ts';
import { HUB_FIELDS } from '../access/matrix.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { AnswerOptions, CheckedOperation } from './answer-operation.ts';
import { httpStatus } from './format-error.ts';
import { costError } from './limits/cost-error.ts';
import { INPUT_FIELDS_MAX } from './limits/input-count.ts';
import { isNestedDeeper, MAX_NESTING } from './limits/nesting.ts';
import { OBJECTS_PER_POINT, type ObjectCount } from './limits/operation-cost.ts';

/** The variables of a request, coerced; with them the operation is within the limits of cost and rate. @throws {GraphQLError} */
export function checkVariables(
  { configuration: { limits }, rate }: Pick<AnswerOptions, 'configuration' | 'rate'>,
  schema: GraphQLSchema,
  { operation, objects, inputs, notNull, roots }: Omit<CheckedOperation, 'text'>,
  raw: Readonly<Record<string, unknown>>,
  principal: Principal,
): Readonly<Record<string, unknown>> {
  const coerced = coerce(schema, operation, raw);
  const missing = notNull.find((name) => coerced[name] === null);
  if (missing !== undefined)
    throw clientError('BAD_USER_INPUT', `Variable "$${missing}" is null where null is not allowed; leave it out, or give a value.`, operation);
  checkInputs(inputs(coerced));
  const cost = checkLimits(limits, objects, coerced);
  // The same field under several aliases is as many requests.
  try {
    if (roots.repeats > 0) rate.take(principal, roots.repeats);
    rate.spend(principal, cost);
    if (operation.operation === 'mutation' && roots.ownNames.some(isPublication)) rate.publish(principal);
  } catch (error) {
    throw tooMany(error);
  }
  return coerced;
}

function coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (isNestedDeeper(raw, MAX_NESTING)) throw clientError('BAD_USER_INPUT', `The variables nest more than ${MAX_NESTING} levels deep.`, operation);
  if (!operation.variableDefinitions || operation.variableDefinitions.length === 0) return {};
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions, raw, { maxErrors: 1 });
  if (errors) throw clientError('BAD_USER_INPUT', errors[0]?.message ?? 'A variable is unusable.', errors[0]?.nodes?.[0] ?? operation);
  return coerced ?? {};
}

const isPublication = (field: string): boolean => HUB_FIELDS.get(`Mutation.${field}`) === 'releases:publish';

function checkInputs(count: number): void {
  if (count <= INPUT_FIELDS_MAX) return;
  const [has, most] = [count, INPUT_FIELDS_MAX].map((value) => value.toLocaleString('en'));
  throw costError(
    `The arguments have ${has} conditions, orders and other input fields; at most ${most} are allowed: compare with lists (in), or ask in parts.`,
  );
}

/** @returns what it costs, at least one point */
function checkLimits(limits: Limits, objects: ObjectCount, variables: Readonly<Record<string, unknown>>): number {
  const count = objects(variables);
  const cost = Math.ceil(count / OBJECTS_PER_POINT);
  if (cost <= limits.cost) return Math.max(1, cost);
  const number = (value: number): string => value.toLocaleString('en');
  const message = `The operation costs ${number(cost)} (up to ${number(count)} objects); at most ${number(limits.cost)} is allowed: ask for smaller pages or fewer nested lists.`;
  throw costError(message);
}

/** What makes Apollo answer with 429. */
function tooMany(error: unknown): unknown {
  if (!(error instanceof HubError)) return error;
  const headers = new HeaderMap([['retry-after', String(Math.ceil((error.retryAfterMs ?? 1_000) / 1_000))]]);
  return new GraphQLError(error.message, { originalError: error, extensions: { http: { status: httpStatus(error.code), headers } } });
}

export function clientError(code: 'BAD_REQUEST' | 'BAD_USER_INPUT' | 'GRAPHQL_VALIDATION_FAILED', message: string, node: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: node, extensions: { code, http: { status: 400, headers: new HeaderMap() } } });
}
