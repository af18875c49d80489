import { describe, expect, it } from 'vitest';
import { losesRights } from '../../../access/loses-rights.ts';
import { sealRights } from '../../../access/print-rights.ts';
import type { Action } from '../../../schema/model/action.ts';
import { FULL_RIGHTS, type FieldLimit, type Rights, type TypeRights } from '../../../schema/model/rights.ts';
import { parseSdl } from '../../../schema/parse/sdl.ts';

const SDL = `
type Project @key(fields: "code") @authority(department: "planning") {
  code: ID!
  name: String
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
}
type Payment @key(fields: "number") @authority(department: "treasury") { number: ID! projectCode: ID }
`;
const model = parseSdl([{ text: SDL, file: 'x.graphql' }]).model!;
const absent: FieldLimit = { kind: 'absent' };
const masked: FieldLimit = { kind: 'masked', mask: 'NAME' };

const PLAIN: TypeRights = { fields: new Map() };
const on = (project: TypeRights | undefined, actions: readonly Action[] = ['data:read']): Rights =>
  sealRights({ types: new Map([['Payment', PLAIN], ...(project ? [['Project', project] as const] : [])]), actions: new Set(actions) });
const field = (path: string, limit: FieldLimit): TypeRights => ({ fields: new Map([[path, limit]]) });

describe('rights are lost', () => {
  it.each<[string, Rights, Rights]>([
    ['an action', on(PLAIN, ['data:read', 'alerts:read']), on(PLAIN)],
    ['a type', on(PLAIN), on(undefined)],
    ['rows', on(PLAIN), on({ ...PLAIN, rows: { name: { eq: 'x' } } })],
    ['rows, for others', on({ ...PLAIN, rows: { name: { eq: 'x' } } }), on({ ...PLAIN, rows: { name: { eq: 'y' } } })],
    ['what needs no purpose', on(PLAIN), on({ ...PLAIN, purposeMissing: true })],
    ['rows, but for totals', on(PLAIN), on({ ...PLAIN, totals: { by: [{ path: 'name' }], atLeast: 3 } })],
    ['a field', on(PLAIN), on(field('name', absent))],
    ['a field in clear', on(PLAIN), on(field('name', masked))],
    ['a masked field', on(field('name', masked)), on(field('name', absent))],
    ['a relation', on(PLAIN), on(field('payments', absent))],
    ['everything but some', FULL_RIGHTS, sealRights({ types: on(field('name', absent)).types, actions: FULL_RIGHTS.actions })],
  ])('with %s', (_what, before, after) => {
    expect(losesRights(before, after, model)).toBe(true);
  });

  it.each<[string, Rights, Rights]>([
    ['nothing changes', on(field('name', masked)), on(field('name', masked))],
    ['an action comes', on(PLAIN), on(PLAIN, ['data:read', 'alerts:read'])],
    ['a type comes', on(undefined), on(PLAIN)],
    ['a field comes', on(field('name', absent)), on(PLAIN)],
    ['a field comes, masked', on(field('name', absent)), on(field('name', masked))],
    ['a field is shown in clear', on(field('name', masked)), on(PLAIN)],
    ['all is given', on(field('name', absent)), sealRights({ types: null, actions: new Set<Action>(['data:read']) })],
    ['a field that is not there is limited', on(PLAIN), on(field('gone', absent))],
  ])('not when %s', (_what, before, after) => {
    expect(losesRights(before, after, model)).toBe(false);
  });
});
