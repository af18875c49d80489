import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryConnector, type MemoryTable } from '../../../../connectors/memory/connector.ts';
import { scanCrosswalk } from '../../../../federation/crosswalk/scan-crosswalk.ts';
import { AUDIT, CALL, column, createDepartments, HOUSING, LIGHTS, SCHOOL } from './fixture.ts';

const scanHousing = (rows: MemoryTable, pageRows = 100) =>
  scanCrosswalk(HOUSING, createMemoryConnector({ source: 'housing', catalog: { tables: [] } as never, tables: new Map([['xref_prj', rows]]) }), {
    ...CALL,
    pageRows,
  });

describe('scanCrosswalk', () => {
  it('reads both keys, confirmation, validity and evidence', async () => {
    const { connectorOf } = createDepartments();
    const connector = connectorOf('housing');
    if (!connector) throw new Error('no housing');
    expect(await scanCrosswalk(HOUSING, connector, CALL)).toEqual([
      { local: '3205002303010201', canonical: [LIGHTS], raw: LIGHTS, confirmed: true, validTo: null, evidence: { name: '照明' } },
      {
        local: '3205082208150101',
        canonical: [SCHOOL],
        raw: '2205－320508－04－01－654321 ',
        confirmed: false,
        validTo: null,
        evidence: { name: '三中改扩建' },
      },
    ]);
  });

  it('gives all keys of a cell and numbers as text', async () => {
    const { connectorOf } = createDepartments();
    const connector = connectorOf('audit');
    if (!connector) throw new Error('no audit');
    expect(await scanCrosswalk(AUDIT, connector, CALL)).toMatchObject([{ local: '1', canonical: [LIGHTS, SCHOOL], confirmed: true }]);
  });

  it('leaves out rows without a local key and blank evidence', async () => {
    const rows = [
      { PrjNum: null, tydm_raw: LIGHTS, confirmed: true },
      { PrjNum: '1', tydm_raw: '', confirmed: null, name: ' ' },
    ];
    expect(await scanHousing(rows)).toEqual([{ local: '1', canonical: [], raw: null, confirmed: false, validTo: null, evidence: {} }]);
  });

  it.each([
    ['2024-06-30', '2024-06-30', true],
    ['20240630', '2024-06-30', true],
    ['2024-06-30 12:00:00', '2024-06-30', true],
    ['长期', null, false], // nobody knows whether it still holds
  ])('reads the end of validity %s as %s', async (written, validTo, confirmed) => {
    const text = { ...HOUSING, validTo: column('valid_to') };
    const connector = createMemoryConnector({
      source: 'housing',
      catalog: { tables: [] } as never,
      tables: new Map([['xref_prj', [{ PrjNum: '1', tydm_raw: LIGHTS, confirmed: true, valid_to: written }]]]),
    });
    expect(await scanCrosswalk(text, connector, CALL)).toMatchObject([{ validTo, confirmed }]);
  });

  it('sees every row once however rows and pages fall, also when one key fills several pages', async () => {
    const rows = fc.array(fc.record({ PrjNum: fc.constantFrom('a', 'b', 'c', 'ab', '中', null), tydm_raw: fc.constantFrom(LIGHTS, SCHOOL, '?') }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 7 }), async (table, pageRows) => {
        const scanned = await scanHousing(table, pageRows);
        const text = (pairs: readonly [unknown, unknown][]) => pairs.map((pair) => pair.join(' ')).sort();
        expect(text(scanned.map((key) => [key.local, key.raw]))).toEqual(
          text(table.filter((row) => row.PrjNum !== null).map((row) => [row.PrjNum, row.tydm_raw])),
        );
      }),
    );
  });

  it('resumes after integer keys in their own order, not as text', async () => {
    const connector = createMemoryConnector({
      source: 'audit',
      catalog: { tables: [] } as never,
      tables: new Map([['sj_xm', Array.from({ length: 120 }, (_, id) => ({ id, code: LIGHTS, name: null }))]]),
    });
    const scanned = await scanCrosswalk(AUDIT, connector, { ...CALL, pageRows: 10 });
    expect(scanned.map((key) => key.local)).toEqual(Array.from({ length: 120 }, (_, id) => String(id)));
  });
});
