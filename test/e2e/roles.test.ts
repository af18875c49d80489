import {
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  getNamedType,
} from 'graphql';
import type { GraphQLInputType } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HUB_FIELDS, MATRIX, MATRIX_ROLES } from '../../access/matrix.ts';
import type { Action } from '../../schema/model/action.ts';
import type { Role } from '../../schema/model/principal.ts';
import { codes, demoConfigurationWith, send, startTestHub, type TestHub } from '../helpers/hub.ts';
import { tokenOf } from '../helpers/people.ts';

let hub: TestHub;
beforeAll(async () => {
  const limits = 'requestsPerSecond: 100000, requestsPerMinute: 1000000, costPerMinute: 100000000, publishesPerMinute: 1000';
  hub = await startTestHub({ configurationFile: demoConfigurationWith(`limits: { ${limits} }`) });
});
afterAll(() => hub[Symbol.asyncDispose]());

/** A value that has the type's form, whatever it means. */
function anyOf(type: GraphQLInputType): unknown {
  const inner = getNullableType(type);
  if (isListType(inner)) return [anyOf(inner.ofType)];
  if (isEnumType(inner)) return inner.getValues()[0]?.name;
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields());
    const needed = inner.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return Object.fromEntries(needed.map((field) => [field.name, anyOf(field.type)]));
  }
  return { Int: 999, Float: 1, Boolean: true, Date: '2024-01-01', DateTime: '2024-01-01T00:00:00Z' }[getNamedType(inner).name] ?? 'nothing';
}

/** The smallest operation that uses a root field. */
function operationOf(place: string): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } {
  const [root = '', name = ''] = place.split('.');
  const { schema } = hub.hub.federation.generation();
  const type = { Query: schema.getQueryType(), Mutation: schema.getMutationType(), Subscription: schema.getSubscriptionType() }[root];
  const field = type?.getFields()[name];
  if (!field) throw new Error(`the schema has no ${place}`);
  const needed = field.args.filter((arg) => isRequiredArgument(arg) || isNonNullType(arg.type));
  const declared = needed.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = needed.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const brackets = (text: string): string => (text === '' ? '' : `(${text})`);
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  return {
    query: `${root.toLowerCase()} ${name}${brackets(declared)} { ${name}${brackets(given)}${selection} }`,
    variables: Object.fromEntries(needed.map((arg) => [arg.name, anyOf(arg.type)])),
  };
}

const REFUSED = 'GRAPHQL_VALIDATION_FAILED';

/** Whether an operation got as far as the field: what becomes of a value that means nothing is the field's. */
async function reaches(place: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const operation = operationOf(place);
  if (!place.startsWith('Subscription.')) return !codes(await send(`${hub.address}/graphql`, operation, headers)).includes(REFUSED);
  return streams(operation, headers);
}

/** A stream that is refused says so at once and ends; another stays open. */
async function streams(operation: object, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const ended = new AbortController();
  const response = await fetch(`${hub.address}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
    signal: ended.signal,
  });
  const text = response.text().then((said) => !said.includes(REFUSED), () => true); // prettier-ignore
  setTimeout(() => ended.abort(), 400);
  return text;
}

const AT_ONCE = 8;

async function someAtOnce<T>(items: readonly T[], look: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await look(item);
    }),
  );
}

/** What is no root field of the hub's own. */
const OTHERS: Readonly<Partial<Record<Action, (headers: Readonly<Record<string, string>>) => Promise<boolean>>>> = {
  'data:read': async (headers) => !codes(await send(`${hub.address}/graphql`, { query: '{ projects(first: 1) { totalCount } }' }, headers)).includes(REFUSED),
  explain: async (headers) => {
    const { body } = await send(`${hub.address}/graphql`, { query: '{ projects(first: 1) { nodes { code } } }', extensions: { explain: true } }, headers);
    return body.extensions?.explain !== undefined;
  },
  'metrics:read': async (headers) => (await fetch(`${hub.address}/metrics`, { headers })).status === 200,
};

it.each(MATRIX_ROLES)('%s: each of the hub’s own operations is answered, or refused, as the matrix says', { timeout: 120_000 }, async (role: Role) => {
  const headers = { authorization: `Bearer ${await tokenOf(hub, { subject: `some-${role}`, department: 'finance', roles: [role] })}` };
  const wrong: string[] = [];
  await someAtOnce([...HUB_FIELDS], async ([place, action]) => {
    const may = MATRIX[action].includes(role);
    if ((await reaches(place, headers)) !== may) wrong.push(`${place} is ${may ? 'refused' : 'answered'}`);
  });
  for (const [action, may] of Object.entries(OTHERS)) if ((await may(headers)) !== MATRIX[action as Action].includes(role)) wrong.push(action);
  expect(wrong).toEqual([]);
});

it('whoever has no role at all does nothing of it', { timeout: 60_000 }, async () => {
  const headers = { authorization: `Bearer ${await tokenOf(hub, { subject: 'nobody' })}` };
  const answered: string[] = [];
  await someAtOnce([...HUB_FIELDS.keys()], async (place) => {
    if (await reaches(place, headers)) answered.push(place);
  });
  expect(answered).toEqual([]);
});
