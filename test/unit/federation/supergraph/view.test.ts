import { getIntrospectionQuery, graphqlSync, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { PreparedPlan } from '../../../../federation/execute/prepare-plan.ts';
import { createGeneration } from '../../../../federation/supergraph/generation.ts';
import { cachedOperation, keepPlan } from '../../../../federation/supergraph/view.ts';
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

  it('shares a schema with those whose rights differ in rows alone, and nothing else', () => {
    const own = (payee: string): Rights => rights(`payee ${payee}`, { Project: {}, Payment: { rows: { payee: { eq: payee } } } });
    const [one, other] = [generation.view(own('A')), generation.view(own('B'))];
    expect(one.schema).toBe(other.schema);
    expect(one.plans).not.toBe(other.plans);
    expect([one, other].map(({ supergraph }) => supergraph.restriction?.rows.get('Payment'))).toEqual([{ payee: { eq: 'A' } }, { payee: { eq: 'B' } }]);
    expect(generation.view(rights('less', { Project: {}, Payment: { fields: { amount: ABSENT } } })).schema).not.toBe(one.schema);
  });

  it('goes with its schema when the schemas of all are too large, the one that was asked for least lately first; eight are kept whatever they are', () => {
    const types = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`T${i}`, {}]));
    const { offer } = TWO_DEPARTMENTS;
    const large = createGeneration(1, { ...TWO_DEPARTMENTS, offer: (some) => ({ ...offer(some), schema: { getTypeMap: () => types } as never }) });
    const fields = ['name', 'status', 'district', 'amount'];
    const limited = (bits: number): Rights =>
      rights(`absent ${bits}`, {
        Project: { fields: Object.fromEntries(fields.flatMap((field, bit) => ((bits >> bit) & 1 ? [[field, ABSENT] as const] : []))) },
      });
    const made = Array.from({ length: 8 }, (_, bits) => large.view(limited(bits)));
    expect(made.map((view, bits) => large.view(limited(bits)) === view)).not.toContain(false);
    large.view(limited(0));
    large.view(limited(8));
    expect([0, 1, 2].map((bits) => large.view(limited(bits)) === made[bits])).toEqual([true, false, false]); // 1 made anew took the place of 2
  });

  it('goes when the plans of all are too many, with the plans of whoever asked least lately', () => {
    const shared = createGeneration(1, TWO_DEPARTMENTS);
    const own = (i: number): Rights => rights(`row ${i}`, { Project: { rows: { code: { eq: `${i}` } } } });
    const views = [0, 1, 2, 3, 4].map((i) => shared.view(own(i)));
    const plan = { plan: { fetches: ['x'.repeat(900_000)], parameters: [] } } as unknown as PreparedPlan;
    for (const { plans } of views)
      for (let i = 0; i < 10; i++) {
        cachedOperation(plans, `operation ${i}`);
        keepPlan(plans, `operation ${i}`, 'plan', plan);
      }
    expect(views.map((view, i) => shared.view(own(i)) === view)).toEqual([false, true, true, true, true]);
  });

  it('is one of a thousand at most', () => {
    const many = createGeneration(1, TWO_DEPARTMENTS);
    const own = (i: number): Rights => rights(`row ${i}`, { Project: { rows: { code: { eq: `${i}` } } } });
    const [first, second] = Array.from({ length: 1_000 }, (_, i) => many.view(own(i)));
    expect(many.view(own(0))).toBe(first);
    many.view(own(1_000));
    expect(many.view(own(0))).toBe(first); // it was asked for since
    expect(many.view(own(1))).not.toBe(second);
  });
});
