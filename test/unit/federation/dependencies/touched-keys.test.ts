import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveDependencies } from '../../../../federation/dependencies/derive-dependencies.ts';
import type { Dependencies } from '../../../../federation/dependencies/dependencies.ts';
import { createRowFinder } from '../../../../federation/dependencies/find-rows.ts';
import { isRead, subjectsOfEntities, touchedKeys, type TouchWorld } from '../../../../federation/dependencies/touched-keys.ts';
import type { Change, ChangeRow } from '../../../../schema/model/change.ts';
import { selectionOf } from '../../../../schema/parse/entity-test.ts';
import { openDepartmentsHub, type DepartmentsHub } from '../../../helpers/departments-hub.ts';

const LIGHTING = '2301-320500-04-01-123456';

let hub: DepartmentsHub;
let world: TouchWorld;
beforeAll(async () => {
  hub = await openDepartmentsHub({ engines: 'sqlite' });
  const generation = hub.federation.generation();
  const finder = createRowFinder({ execute: (request) => hub.federation.execute(request), view: generation, signal: AbortSignal.timeout(60_000) });
  world = { supergraph: generation.supergraph, crosswalk: hub.federation.keeper.current(), finder };
});
afterAll(() => hub[Symbol.asyncDispose]());

const depends = (subject: string, select: string): Dependencies => deriveDependencies(world.supergraph, subject, { select: selectionOf(select) });

function change(type: string, source: string, key: Change['key'], before: ChangeRow | null, after: ChangeRow | null): Change {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return {
    id: 'x',
    department: source,
    source,
    type,
    key,
    rowKey: String(key?.[0]),
    op: before === null ? 'CREATED' : after === null ? 'DELETED' : 'UPDATED',
    changedFields: [...fields].filter((path) => before?.[path] !== after?.[path]).toSorted(),
    before,
    after,
    committedAt: '2024-06-30T12:00:00+08:00',
    transaction: 't',
    mappingVersion: 1,
  };
}

describe('subjects that changes touch', () => {
  it('are found from the row before and the row after, without asking anybody', async () => {
    const moved = change('Payment', 'finance', ['V1'], { projectCode: 'A', amount: '1' }, { projectCode: 'B', amount: '1' });
    const other = change('Payment', 'finance', ['V2'], null, { projectCode: 'B', amount: '2' });
    const touched = await touchedKeys(world, depends('Project', '{ paidTotal }'), [moved, other]);
    expect(touched).toEqual({ kind: 'keys', keys: [{ key: ['A'], causes: [0] }, { key: ['B'], causes: [0, 1] }] }); // prettier-ignore
  });

  it('are none when nothing that is read has changed', async () => {
    const renamed = change('Payment', 'finance', ['V1'], { projectCode: 'A', purpose: 'x' }, { projectCode: 'A', purpose: 'y' });
    expect(isRead(depends('Project', '{ paidTotal }'), renamed)).toBe(false);
    expect(await touchedKeys(world, depends('Project', '{ paidTotal }'), [renamed])).toEqual({ kind: 'keys', keys: [] });
  });

  it('are found over rows of other departments that stand between', async () => {
    const { data } = await hub.query(
      `{ project(code: "${LIGHTING}") { contracts { nodes { recordNo contractNo contractorKey } } payments(first: 200) { nodes { voucherNo contractNo payeeKey } } } }`,
    );
    const [contract] = data.project.contracts.nodes;
    const vouchers = (test: (payment: { contractNo: string; payeeKey: string }) => boolean): string[] =>
      data.project.payments.nodes
        .filter(test)
        .map((payment: { voucherNo: string }) => payment.voucherNo)
        .toSorted();
    const renamed = change('Contract', 'housing', [contract.recordNo], { ...contract, contractorKey: 'x' }, contract);
    const touched = await touchedKeys(world, depends('Payment', '{ payeeMatchesContractor }'), [renamed]);
    expect(touched.kind === 'keys' && touched.keys.map(({ key }) => String(key[0])).toSorted()).toEqual(
      vouchers((payment) => payment.contractNo === contract.contractNo),
    );

    const listed = change('CreditRecord', 'housing', [9], null, { recordId: 9, organizationKey: contract.contractorKey });
    const projects = await touchedKeys(world, depends('Project', '{ contracts { nodes { contractorCreditRecords { nodes { repaired } } } } }'), [listed]);
    expect(projects.kind === 'keys' && projects.keys.map(({ key }) => key[0])).toContain(LIGHTING);
  });

  it('are found from a source that adds fields to rows of another', async () => {
    const started = change('Project', 'housing', [LIGHTING], { actualStart: null }, { actualStart: '2023-02-01' });
    const owners = await touchedKeys(world, depends('Organization', '{ projects { nodes { actualStart } } }'), [started]);
    const { data } = await hub.query(`{ project(code: "${LIGHTING}") { ownerCode } }`);
    expect(owners).toEqual({ kind: 'keys', keys: [{ key: [data.project.ownerCode], causes: [0] }] });
  });

  it('are all entities that a record names, of which its change names the first', async () => {
    const { data } = await hub.query('{ audits(first: 200) { nodes { auditId projects { nodes { code } } findings { nodes { findingId } } } } }');
    const audit = data.audits.nodes.find((one: { projects: { nodes: unknown[] } }) => one.projects.nodes.length > 1);
    const codes: string[] = audit.projects.nodes.map((project: { code: string }) => project.code);
    const rectified = change('AuditFinding', 'audit', [1], { status: 'PARTIAL', projectCode: codes[0]! }, { status: 'COMPLETED', projectCode: codes[0]! });
    const touched = await touchedKeys(world, depends('Project', '{ openFindings }'), [rectified]);
    expect(touched.kind === 'keys' && touched.keys.map(({ key }) => key[0])).toEqual(expect.arrayContaining(codes));
  });

  it('hang together with an entity whose keys were matched anew', async () => {
    const touched = await subjectsOfEntities(world, depends('AuditFinding', '{ projects { nodes { paidTotal } } }'), 'Project', [[LIGHTING]]);
    const { data } = await hub.query(`{ project(code: "${LIGHTING}") { findings { nodes { findingId } } } }`);
    expect(touched.kind === 'keys' && touched.keys.map(({ key }) => String(key[0])).toSorted()).toEqual(
      data.project.findings.nodes.map((f: { findingId: number }) => String(f.findingId)).toSorted(),
    );
  });
});
