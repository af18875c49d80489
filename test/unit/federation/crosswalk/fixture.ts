/** Three departments' keys of projects in memory, with the traps of real ones: spellings, blanks, unconfirmed and expired rows, several codes in a cell. */
import { createMemoryConnector, type MemoryTable } from '../../../../connectors/memory/connector.ts';
import type { Connector } from '../../../../connectors/spi/connector.ts';
import type { Expr, RowSet } from '../../../../connectors/spi/ir.ts';
import { HubError } from '../../../../schema/errors/hub-error.ts';
import type { PhysicalType } from '../../../../schema/model/physical-type.ts';
import type { CrosswalkBinding } from '../../../../federation/supergraph/binding.ts';

export const LIGHTS = '2301-320500-04-01-123456';
export const SCHOOL = '2205-320508-04-01-654321';
export const CANAL = '2018-320500-48-01-515465';
export const TWIN = '2205-320508-04-01-654399';

export const CALL = { signal: new AbortController().signal, timeoutMs: 5000 };
const TEXT: PhysicalType = { kind: 'text' };
const INTEGER: PhysicalType = { kind: 'integer', bits: 32 };
export const column = (name: string, type: PhysicalType = TEXT): Expr => ({ kind: 'column', column: name, type });

/** Full-width to ASCII, dashes and blanks out, 20 digits, dashes in. */
export function projectCodes(cell: unknown): string[] {
  return String(cell ?? '')
    .split(/[、;；]/)
    .map((part) => part.normalize('NFKC').replace(/[\s-]/g, ''))
    .flatMap((digits) => {
      const parts = /^(\d{4})(\d{6})(\d{2})(\d{2})(\d{6})$/.exec(digits);
      return parts === null ? [] : [parts.slice(1).join('-')];
    });
}

const table = (name: string, columns: Readonly<Record<string, PhysicalType>>): RowSet => ({
  kind: 'table',
  table: name,
  columns: Object.entries(columns).map(([one, type]) => ({ name: one, type })),
});

export const AUTHORITY: CrosswalkBinding = {
  entity: 'Project',
  source: 'development',
  department: 'development',
  authority: true,
  rows: table('inv_project', { project_id: INTEGER, project_code: TEXT, project_name: TEXT, owner: TEXT, invest: { kind: 'decimal' } }),
  local: column('project_id', INTEGER),
  reads: [column('project_code')],
  decode: ([cell]) => projectCodes(cell),
  evidence: new Map([
    ['name', column('project_name')],
    ['owner', column('owner')],
    ['approvedInvestment', column('invest', { kind: 'decimal' })],
  ]),
};
export const FINANCE: CrosswalkBinding = {
  entity: 'Project',
  source: 'finance',
  department: 'finance',
  authority: false,
  rows: table('xm_xxb', { xmdm: TEXT, tydm: TEXT, xmmc: TEXT, dwmc: TEXT }),
  local: column('xmdm'),
  reads: [column('tydm')],
  decode: ([cell]) => projectCodes(cell),
  evidence: new Map([
    ['name', column('xmmc')],
    ['owner', column('dwmc')],
  ]),
};
export const HOUSING: CrosswalkBinding = {
  entity: 'Project',
  source: 'housing',
  department: 'housing',
  authority: false,
  rows: table('xref_prj', { PrjNum: TEXT, tydm_raw: TEXT, confirmed: { kind: 'boolean' }, valid_to: { kind: 'date' }, name: TEXT }),
  local: column('PrjNum'),
  reads: [column('tydm_raw')],
  decode: ([cell]) => projectCodes(cell),
  confirmed: { kind: 'compare', op: 'eq', left: column('confirmed', { kind: 'boolean' }), right: { kind: 'literal', value: true, type: { kind: 'boolean' } } },
  validTo: column('valid_to', { kind: 'date' }),
  evidence: new Map([['name', column('name')]]),
};
export const AUDIT: CrosswalkBinding = {
  entity: 'Project',
  source: 'audit',
  department: 'audit',
  authority: false,
  rows: table('sj_xm', { id: INTEGER, code: TEXT, name: TEXT }),
  local: column('id', INTEGER),
  reads: [column('code')],
  decode: ([cell]) => projectCodes(cell),
  evidence: new Map([['name', column('name')]]),
};

export interface Departments {
  readonly bindings: readonly CrosswalkBinding[];
  readonly connectorOf: (source: string) => Connector | undefined;
  /** Replaces a table's rows. */
  set(source: string, table: string, rows: MemoryTable): void;
  /** From now on the source is down, or up again. */
  down(source: string, isDown: boolean): void;
}

export function createDepartments(): Departments {
  const tables: Record<string, Map<string, MemoryTable>> = {
    development: new Map([
      [
        'inv_project',
        [
          { project_id: 1001, project_code: LIGHTS, project_name: '智慧城市照明提升工程', owner: '苏州市城市管理局', invest: '39650.5000' },
          { project_id: 1002, project_code: SCHOOL, project_name: '姑苏区第三中学改扩建工程', owner: '姑苏区教育局', invest: '11800.0000' },
          { project_id: 1003, project_code: TWIN, project_name: '姑苏区第一中学改扩建工程', owner: '姑苏区教育局', invest: '9000.0000' },
          { project_id: 1004, project_code: null, project_name: '无码项目', owner: null, invest: null },
        ],
      ],
    ]),
    finance: new Map([
      [
        'xm_xxb',
        [
          { xmdm: '320500230000000000017', tydm: '23013205000401123456', xmmc: '智慧城市照明提升工程', dwmc: '苏州市城市管理局' },
          { xmdm: '320508220000000000042', tydm: null, xmmc: '姑苏区第三中学（改扩建）', dwmc: '姑苏区教育局' },
          { xmdm: '320500180000000000003', tydm: CANAL, xmmc: '运河治理一期', dwmc: '苏州市水务局' },
        ],
      ],
    ]),
    housing: new Map([
      [
        'xref_prj',
        [
          { PrjNum: '3205002303010201', tydm_raw: LIGHTS, confirmed: true, valid_to: null, name: '照明' },
          { PrjNum: '3205082208150101', tydm_raw: '2205－320508－04－01－654321 ', confirmed: false, valid_to: null, name: '三中改扩建' },
        ],
      ],
    ]),
    audit: new Map([['sj_xm', [{ id: 1, code: `${LIGHTS}、22053205080401654321`, name: '照明及三中跟踪审计' }]]]),
  };
  const downs = new Set<string>();
  const connectors = new Map(
    Object.entries(tables).map(([source, own]) => {
      const memory = createMemoryConnector({ source, catalog: { tables: [] } as never, tables: own });
      const connector: Connector = {
        ...memory,
        prepare: (request) => {
          const prepared = memory.prepare(request);
          return {
            ...prepared,
            run: async (bindings, call) => {
              if (downs.has(source)) throw new HubError('SOURCE_UNAVAILABLE', 'down', { source });
              return prepared.run(bindings, call);
            },
          };
        },
      };
      return [source, connector];
    }),
  );
  return {
    bindings: [FINANCE, HOUSING, AUDIT, AUTHORITY],
    connectorOf: (source) => connectors.get(source),
    set: (source, name, rows) => void tables[source]?.set(name, rows),
    down: (source, isDown) => void (isDown ? downs.add(source) : downs.delete(source)),
  };
}
