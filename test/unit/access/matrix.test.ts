import { Kind, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { actionsOf, HUB_FIELDS, MATRIX, MATRIX_ROLES } from '../../../access/matrix.ts';
import { restrictHubApi } from '../../../federation/supergraph/hub-api.ts';
import { hubApi } from '../../../resolvers/hub-api.ts';
import { ACTIONS, type Action } from '../../../schema/model/action.ts';

const NOTHING: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };
const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** Root fields that an SDL has, as `Query.hub`. */
function rootFields({ definitions }: DocumentNode): string[] {
  return definitions.flatMap((definition) => {
    const isRoot = (definition.kind === 'ObjectTypeDefinition' || definition.kind === 'ObjectTypeExtension') && ROOTS.includes(definition.name.value);
    return isRoot ? (definition.fields ?? []).map((field) => `${definition.name.value}.${field.name.value}`) : [];
  });
}

describe('the matrix of roles', () => {
  it('says of each of the hub’s own root fields what using it takes', () => {
    const listed = new Set(HUB_FIELDS.keys());
    expect(rootFields(hubApi.document).filter((field) => !listed.has(field))).toEqual([]);
  });

  it('has a row for every action, and lets somebody do each', () => {
    expect(Object.keys(MATRIX).toSorted()).toEqual([...ACTIONS].toSorted());
    expect(Object.entries(MATRIX).filter(([, roles]) => roles.length === 0)).toEqual([]);
  });

  const cells = MATRIX_ROLES.flatMap((role) => ACTIONS.map((action) => [role, action, MATRIX[action].includes(role)] as const));
  it.each(cells)('%s, %s: %s', (role, action: Action, may) => {
    const actions = actionsOf([role]);
    expect(actions.has(action)).toBe(may);
    const offered = new Set(rootFields(restrictHubApi(hubApi, actions, NOTHING, NOTHING).document));
    const fields = [...HUB_FIELDS].filter(([, needed]) => needed === action).map(([field]) => field);
    expect(fields.filter((field) => offered.has(field) !== may)).toEqual([]);
  });

  it('keeps those apart who run the hub, who refuse identities and who audit both', () => {
    const own = (role: 'operator' | 'security' | 'auditor'): ReadonlySet<Action> => actionsOf([role]);
    expect(own('operator').has('identities:deny') || own('operator').has('access-log:read')).toBe(false);
    expect(own('security').has('access-log:read')).toBe(false);
    expect([...own('auditor')].filter((action) => !action.endsWith(':read'))).toEqual([]);
  });
});
