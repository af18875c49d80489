/**
 * What a good team would write by hand for exactly these eight questions: SQL behind bare Fastify. Postgres builds the JSON, on named statements; MariaDB gives
 * rows as arrays, which are written by hand. It knows the data: that every key resolves, that lists are short, which order an index gives.
 */
import Fastify from 'fastify';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseUrls } from '../data.ts';

const POOL = 8;

export interface Baseline extends AsyncDisposable {
  listen(port: number): Promise<string>;
}

export function createBaseline(urls: DatabaseUrls): Baseline {
  const [development, housing] = [urls.development, urls.housing].map(
    (connectionString) => new pg.Pool({ connectionString, max: POOL, options: '-c jit=off' }),
  ) as [pg.Pool, pg.Pool];
  const [finance, audit] = [urls.finance, urls.audit].map((uri) =>
    createPool({ uri, connectionLimit: POOL, rowsAsArray: true, dateStrings: true, supportBigNumbers: true, bigNumberStrings: true }),
  ) as [ReturnType<typeof createPool>, ReturnType<typeof createPool>];

  const postgres = async (pool: pg.Pool, name: string, text: string, values: unknown[]): Promise<string> => {
    const { rows } = await pool.query<[string]>({ name, text, values, rowMode: 'array', types: RAW });
    return (rows[0] as [string])[0];
  };
  const rowsOf = async (pool: pg.Pool, name: string, text: string, values: unknown[]): Promise<string[][]> =>
    (await pool.query<string[]>({ name, text, values, rowMode: 'array', types: RAW })).rows;
  const mariadb = async (pool: ReturnType<typeof createPool>, text: string, values: unknown[]): Promise<(string | number)[][]> =>
    (await pool.query(text, values))[0] as unknown as (string | number)[][];

  const answers: Readonly<Record<string, (variables: Record<string, string>) => Promise<string>>> = {
    W1: ({ district }) => postgres(development, 'W1', W1, [district]),
    W2: ({ district }) => postgres(housing, 'W2', W2, [district]),
    W3: ({ code }) => postgres(development, 'W3', W3, [code]),
    W4: async ({ district }) => {
      const projects = await rowsOf(development, 'W4', PROJECTS, [district]);
      const codes = projects.map(([code]) => code as string);
      const [payments, milestones, findings] = await Promise.all([
        mariadb(finance, W4_PAYMENTS(codes), []),
        rowsOf(housing, 'W4', W4_MILESTONES, [codes]),
        mariadb(audit, `select project_code, id, severity, status, amount from finding where project_code in (?) order by project_code, id`, [codes]),
      ]);
      const paid = lists(payments, ([, id, amount, on, payee]) => `{"number":${id},"amount":"${amount}","paidOn":"${on}","payee":${JSON.stringify(payee)}}`);
      const found = lists(
        findings,
        ([, id, severity, status, amount]) =>
          `{"number":${id},"severity":"${severity}","status":"${status}","amount":${amount === null ? 'null' : `"${amount}"`}}`,
      );
      const reached = new Map(milestones as unknown as [string, string][]);
      const nodes = projects.map(
        ([code = '', name]) =>
          `{"code":"${code}","name":${JSON.stringify(name)},"payments":{"nodes":[${paid.get(code) ?? ''}]},"milestones":{"nodes":${reached.get(code) ?? '[]'}},"findings":{"nodes":[${found.get(code) ?? ''}]}}`,
      );
      return `{"data":{"projects":{"nodes":[${nodes.join(',')}]}}}`;
    },
    W5: async ({ district }) => {
      const projects = await rowsOf(development, 'W4', PROJECTS, [district]);
      const codes = projects.map(([code]) => code as string);
      const [payments, findings] = await Promise.all([
        mariadb(finance, `select project_code, sum(amount) from payment where project_code in (?) group by project_code`, [codes]),
        mariadb(audit, `select project_code, count(*) from finding where project_code in (?) group by project_code`, [codes]),
      ]);
      const paid = new Map(payments as [string, string][]);
      const found = new Map(findings as unknown as [string, number][]);
      const nodes = projects.map(([code = '', name]) => {
        const sum = paid.get(code);
        return `{"code":"${code}","name":${JSON.stringify(name)},"payments":{"aggregate":{"sum":{"amount":${sum === undefined ? 'null' : `"${sum}"`}}}},"findings":{"aggregate":{"count":${found.get(code) ?? 0}}}}`;
      });
      return `{"data":{"projects":{"nodes":[${nodes.join(',')}]}}}`;
    },
    // Both databases give their keys in the order of the answer and stop early.
    W6: async ({ total }) => {
      const [paid, open] = await Promise.all([
        mariadb(finance, `select project_code from payment group by project_code having sum(amount) > ? order by project_code limit 50`, [total]),
        mariadb(audit, `select distinct project_code from finding where status = 'OPEN' order by project_code limit 50`, []),
      ]);
      const codes = [...new Set([...paid, ...open].map(([code]) => String(code)))].sort().slice(0, 50);
      return postgres(development, 'W6', W6, [codes]);
    },
    W7: ({ first }) => postgres(development, 'W7', W7, [first]),
    W8: ({ district }) => postgres(housing, 'W8', W8, [district]),
  };

  const app = Fastify();
  for (const [name, answer] of Object.entries(answers)) {
    app.post(`/${name}`, async (request, reply) => {
      const { variables } = request.body as { readonly variables: Record<string, string> };
      void reply.header('content-type', 'application/json; charset=utf-8');
      return answer(variables);
    });
  }
  return {
    listen: (port) => app.listen({ port, host: '127.0.0.1' }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await Promise.all([development.end(), housing.end(), finance.end(), audit.end()]);
    },
  };
}

/** Rows that come in the order of their first column, as lists of JSON by it. */
function lists(rows: readonly (readonly (string | number)[])[], write: (row: readonly (string | number)[]) => string): Map<string, string> {
  const found = new Map<string, string>();
  for (const row of rows) {
    const known = found.get(row[0] as string);
    found.set(row[0] as string, known === undefined ? write(row) : `${known},${write(row)}`);
  }
  return found;
}

const RAW = { getTypeParser: () => (text: string) => text };

const NODE = `json_build_object('code', code, 'name', name, 'kind', kind, 'status', status, 'approvedInvestment', approved_investment::text, 'approvedOn', approved_on)`;

const W1 = `select json_build_object('data', json_build_object('projects', json_build_object('nodes', coalesce(json_agg(${NODE}), '[]'))))
  from (select code, name, kind, status, approved_investment, approved_on from project where district = $1 order by approved_on desc, code limit 100) p`;

const W2 = `select json_build_object('data', json_build_object('sites', json_build_object('nodes', coalesce(json_agg(json_build_object('code', s.code, 'name', s.name, 'area', s.area::text,
    'contracts', json_build_object('nodes', c.list), 'milestones', json_build_object('nodes', m.list)) order by s.code), '[]'))))
  from (select code, name, area from site where district = $1 order by code limit 50) s
  cross join lateral (select coalesce(json_agg(json_build_object('number', id, 'contractor', contractor, 'amount', amount::text, 'signedOn', signed_on) order by id), '[]') as list
    from contract where project_code = s.code) c
  cross join lateral (select coalesce(json_agg(json_build_object('number', id, 'kind', kind, 'plannedOn', planned_on, 'progress', progress) order by id), '[]') as list
    from milestone where project_code = s.code) m`;

const W3 = `select coalesce((select json_build_object('data', json_build_object('project', json_build_object('code', code, 'name', name, 'kind', kind, 'district', district, 'owner', owner,
    'status', status, 'approvedInvestment', approved_investment::text, 'approvedOn', approved_on))) from project where code = $1), '{"data":{"project":null}}')`;

const PROJECTS = `select code, name from project where district = $1 order by approved_on desc, code limit 50`;

/** At most ten by id for each project: no LATERAL in MariaDB, so the tenth id is looked up for each key. */
const W4_PAYMENTS = (codes: readonly string[]): string =>
  `select straight_join p.project_code, p.id, p.amount, p.paid_on, p.payee
    from (select k.code, coalesce((select id from payment where project_code = k.code order by id limit 1 offset 9), 2147483647) as most from (${codes.map((code, i) => `select '${code}'${i === 0 ? ' as code' : ''}`).join(' union all ')}) k) t
    join payment p on p.project_code = t.code and p.id <= t.most order by p.project_code, p.id`;

const W4_MILESTONES = `select project_code, json_agg(json_build_object('number', id, 'kind', kind, 'plannedOn', planned_on, 'progress', progress) order by id)
  from milestone where project_code = any($1::text[]) group by project_code`;

const W6 = `select json_build_object('data', json_build_object('projects', json_build_object('nodes',
    coalesce(json_agg(json_build_object('code', code, 'name', name, 'district', district, 'approvedInvestment', approved_investment::text) order by code), '[]'))))
  from project where code = any($1::text[])`;

const W7 = `select json_build_object('data', json_build_object('projects', json_build_object('nodes', coalesce(json_agg(${NODE}), '[]'))))
  from (select code, name, kind, status, approved_investment, approved_on from project order by code limit $1) p`;

const W8 = `select json_build_object('data', json_build_object('sites', json_build_object('nodes', coalesce(json_agg(json_build_object('code', s.code, 'name', s.name,
    'contracts', json_build_object('aggregate', json_build_object('count', c.count, 'sum', json_build_object('amount', c.sum::text))),
    'milestones', json_build_object('aggregate', json_build_object('count', m.count))) order by s.code), '[]'))))
  from (select code, name from site where district = $1 order by code limit 50) s
  cross join lateral (select count(*) as count, sum(amount) as sum from contract where project_code = s.code) c
  cross join lateral (select count(*) as count from milestone where project_code = s.code) m`;
