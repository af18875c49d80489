import { getIntrospectionQuery, graphqlSync, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGeneration } from '../../../../federation/supergraph/generation.ts';
import { FULL_RIGHTS, type FieldLimit, type Rights, type RowRule } from '../../../../schema/model/rights.ts';
import { TWO_DEPARTMENTS } from '../plan/two-departments/supergraph.ts';

const generation = createGeneration(1, TWO_DEPARTMENTS);
const ABSENT: FieldLimit = { kind: 'absent' };
const MASKED: FieldLimit = { kind: 'masked', mask: 'NAME' };

type Limited = Readonly<Record<string, { readonly fields?: Readonly<Record<string, FieldLimit>>; readonly rows?: RowRule }>>;

function rights(key: string, types: Limited): Rights {
  return {
    key,
    types: new Map(
      Object.entries(types).map(([name, { fields = {}, rows }]) => [name, { fields: new Map(Object.entries(fields)), ...(rows ? { rows } : {}) }]),
    ),
    actions: new Set(),
  };
}

const SOME = rights('some', {
  Project: { fields: { district: ABSENT } },
  Payment: { fields: { payee: MASKED, amount: ABSENT }, rows: { status: { eq: 'PAID' } } },
});
const faults = (query: string): string[] => validate(generation.view(SOME).schema, parse(query)).map((fault) => fault.message);

describe('a view', () => {
  it('of full rights is the generation itself, and equal rights share one', () => {
    expect(generation.view(FULL_RIGHTS)).toBe(generation);
    expect(generation.view(SOME)).toBe(generation.view({ ...SOME }));
  });

  it('knows an absent field as little as one that never was, in every place where a field can stand', () => {
    const places = [
      '{ projects { nodes { FIELD } } }',
      '{ projects(where: { FIELD: { eq: "1" } }) { totalCount } }',
      '{ projects(where: { not: { FIELD: { isNull: true } } }) { totalCount } }',
      '{ projects(orderBy: [{ FIELD: ASC }]) { totalCount } }',
      '{ projects { aggregate { countDistinct { FIELD } } } }',
      '{ projects { groups(by: [{ field: FIELD }]) { aggregate { count } } } }',
      '{ payments(where: { project: { FIELD: { eq: "1" } } }) { totalCount } }',
    ];
    for (const place of places) {
      const of = (name: string): string[] => faults(place.replace('FIELD', place.includes('field: ') ? name.toUpperCase() : name));
      const unknown = of('nothing').map((message) => message.replaceAll('NOTHING', 'DISTRICT').replaceAll('nothing', 'district'));
      expect(unknown.length).toBeGreaterThan(0);
      expect(of('district')).toEqual(unknown);
    }
  });

  it('lets a masked field be read and nothing else', () => {
    expect(faults('{ payments { nodes { payee } } }')).toEqual([]);
    for (const use of ['(where: { payee: { eq: "x" } }) { totalCount }', '(orderBy: [{ payee: ASC }]) { totalCount }', ' { aggregate { max { payee } } }'])
      expect(faults(`{ payments${use} }`)).not.toEqual([]);
  });

  it('holds no type without rights, nor what leads to it', () => {
    const { schema } = generation.view(rights('projects only', { Project: {} }));
    const introspected = JSON.stringify(graphqlSync({ schema, source: getIntrospectionQuery() }));
    expect(introspected).not.toContain('Payment');
    expect(introspected).toContain('"Project"');
  });
});
