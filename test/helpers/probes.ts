import type { View } from '../../federation/supergraph/view.ts';
import { encodeGlobalId } from '../../schema/api/global-id.ts';
import type { Random, Values } from './random-operation.ts';

/** What else somebody may try after an operation: its cursors, ids that exist and that do not, provenance, checks, the hub's own fields, typing errors. */
export function* probes(whole: View, values: Values, random: Random, answer: string): Generator<object> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const entities = [...whole.supergraph.model.types.values()].filter(({ kind, key }) => kind === 'entity' && key.length === 1);
  const type = pick(entities);
  const key = pick(values.get(`${type.name}.${type.key[0]}`) ?? ['nothing']) as string;
  const kind = Math.floor(random() * 9);
  if (kind === 0) {
    const ids = Array.from({ length: 10 }, () => {
      const of = pick(entities);
      return encodeGlobalId(of.name, [pick(values.get(`${of.name}.${of.key[0]}`) ?? ['nothing']) as string]);
    });
    yield { query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', variables: { ids } };
  }
  if (kind === 1) {
    const [, root, cursor] = /"(\w+)":\{"edges":\[\{"cursor":"([\w-]+)"/.exec(answer) ?? [];
    if (root !== undefined) yield { query: `query ($after: String) { ${root}(first: 3, after: $after) { totalCount } }`, variables: { after: cursor } };
  }
  if (kind === 2)
    yield {
      query: `{ ${type.names.many}(first: 5) { nodes { _meta { sources { department source table key } issues { field code rawValue key } unresolved { source localKey evidence } } } } }`,
    };
  if (kind === 3) {
    const path = pick([...type.fields.keys()]);
    yield {
      query: `query ($f: String!) { ${type.names.many}(first: 5) { nodes { _meta { values(field: $f) { department value } } } } }`,
      variables: { f: path },
    };
  }
  if (kind === 4) yield { query: '{ projects(first: 10) { nodes { code checks { code failed value } } } }' };
  if (kind === 5) {
    yield { query: `{ ${type.names.one}(${type.key[0]}: ${JSON.stringify(key)}) { __typename id } }` };
    yield {
      query: `query ($t: String!) { dataIssues(type: $t) { totalCount rowsScanned counts { field code count } nodes { field code key rawValue } } }`,
      variables: { t: type.name },
    };
    yield {
      query: 'query ($t: String!) { unresolved(type: $t) { count sums { field sum } parts { field count keys { localKey count } } } }',
      variables: { t: type.name },
    };
  }
  if (kind === 6) {
    yield { query: '{ crosswalk(first: 50) { totalCount nodes { entity source localKey raw evidence suggestions { canonicalKey reason score compared } } } }' };
    yield {
      query:
        '{ sources { name ok catalog coverage { mappedColumns unmapped { table columns } } } whoAmI { subject actions } sharedByAgreement { type field } agreements { id } }',
    };
    yield { query: '{ alerts(first: 200) { nodes { rule severity state redacted values value subject { type key code } } } }' };
  }
  if (kind === 7) {
    const path = pick([...type.fields.keys()]);
    yield { query: `{ ${type.names.many}(where: { ${path}: { eq: ${JSON.stringify(pick(values.get(`${type.name}.${path}`) ?? ['x']))} } }) { totalCount } }` };
    yield { query: `{ ${type.names.many}(orderBy: [{ ${path}: DESC }], first: 3) { edges { cursor node { id } } } }` };
    yield { query: `{ ${type.names.many} { aggregate { max { ${path} } } groups(by: [{ field: ${path.toUpperCase()} }]) { aggregate { count } } } }` };
    yield { query: `{ __type(name: ${JSON.stringify(type.name)}) { fields { name args { name type { name } } } } }` };
  }
  if (kind === 8) {
    const fields = [...type.fields.values()].filter(({ kind: of }) => of !== 'relation').map(({ name }) => name);
    yield {
      query: `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on ${type.name} { id ${pick(fields)} } } _service { sdl } }`,
      variables: {
        of: [
          { __typename: type.name, [type.key[0] as string]: key },
          { __typename: type.name, [type.key[0] as string]: 'nothing', [pick(fields)]: key },
        ],
      },
    };
  }
}

/** The same operation from where its answer ended. Nothing where the answer has no cursor. */
export function nextPage(text: string, answer: string): object | undefined {
  const [, root] = /^\{ (\w+)\(/.exec(text) ?? [];
  const [, body] = JSON.parse(answer) as [
    number,
    { data?: Record<string, { edges?: { cursor: string }[]; pageInfo?: { endCursor: string | null } } | null> | null },
  ];
  const list = root === undefined ? undefined : body.data?.[root];
  // The root's own arguments end with the first or the last so many.
  const isBackward = /(first|last): \d+\)/.exec(text)?.[1] === 'last';
  const cursor = isBackward ? list?.edges?.[0]?.cursor : (list?.edges?.at(-1)?.cursor ?? list?.pageInfo?.endCursor);
  if (cursor === undefined || cursor === null) return undefined;
  return { query: `query ($cursor: String) ${text.replace('(', `(${isBackward ? 'before' : 'after'}: $cursor, `)}`, variables: { cursor } };
}
