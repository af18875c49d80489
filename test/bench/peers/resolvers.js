/** What Mercurius and Apollo Server share: the schema, and resolvers that batch by key with knex, as a team would write them. */
import DataLoader from 'dataloader';
import knex from 'knex';
import pg from 'pg';

pg.types.setTypeParser(1082, (text) => text); // dates as they are

const POOL = { min: 0, max: 8 };
const { DEVELOPMENT_URL, FINANCE_URL, HOUSING_URL, AUDIT_URL } = process.env;
const postgres = (connection) => knex({ client: 'pg', connection, pool: POOL });
const mariadb = (uri) => knex({ client: 'mysql2', connection: { uri, dateStrings: true, decimalNumbers: false }, pool: POOL });
const [development, housing, finance, audit] = [postgres(DEVELOPMENT_URL), postgres(HOUSING_URL), mariadb(FINANCE_URL), mariadb(AUDIT_URL)];

export const typeDefs = `
  type Project { code: String! name: String kind: String district: String owner: String status: String approved_investment: String approved_on: String
    payments(first: Int): [Payment!]! milestones: [Milestone!]! findings: [Finding!]! paymentsSum: String findingsCount: Int }
  type Payment { id: Int! amount: String paid_on: String payee: String }
  type Site { code: String! name: String district: String area: String contracts: [Contract!]! milestones: [Milestone!]! contractsTotal: Total milestonesCount: Int }
  type Total { count: Int! sum: String }
  type Contract { id: Int! contractor: String amount: String signed_on: String }
  type Milestone { id: Int! kind: String planned_on: String progress: Int }
  type Finding { id: Int! severity: String status: String amount: String }
  enum Order { CODE APPROVED_ON_DESC }
  type Query { project(code: String!): Project projects(district: String, order: Order, first: Int!): [Project!]! sites(district: String!, first: Int!): [Site!]! }
`;

export const Query = {
  project: (_, { code }) => development('project').where({ code }).first(),
  projects(_, { district, order, first }) {
    const rows = development('project').limit(first);
    if (district !== undefined) rows.where({ district });
    return order === 'APPROVED_ON_DESC' ? rows.orderBy([{ column: 'approved_on', order: 'desc' }, 'code']) : rows.orderBy('code');
  },
  sites: (_, { district, first }) => housing('site').where({ district }).orderBy('code').limit(first),
};

const lists = async (codes, rows) => {
  const found = new Map(codes.map((code) => [code, []]));
  for (const row of await rows) found.get(row.project_code)?.push(row);
  return codes.map((code) => found.get(code));
};
const values = async (codes, rows, read, empty) => {
  const found = new Map((await rows).map((row) => [row.project_code, read(row)]));
  return codes.map((code) => found.get(code) ?? empty);
};
const children = (database, table) => (codes) => lists(codes, database(table).whereIn('project_code', codes).orderBy('id'));
const total = (database, table) => (codes) =>
  values(
    codes,
    database(table).whereIn('project_code', codes).groupBy('project_code').select('project_code').count('* as count').sum('amount as sum'),
    ({ count, sum }) => ({ count: Number(count), sum }),
    { count: 0, sum: null },
  );
const count = (database, table) => (codes) =>
  values(
    codes,
    database(table).whereIn('project_code', codes).groupBy('project_code').select('project_code').count('* as count'),
    (row) => Number(row.count),
    0,
  );

/** Batches by type and field: keys in, one value for each out. */
export const batches = {
  Project: {
    payments: async (codes) => (await children(finance, 'payment')(codes)).map((list) => list.slice(0, 10)),
    milestones: children(housing, 'milestone'),
    findings: children(audit, 'finding'),
    paymentsSum: async (codes) =>
      values(
        codes,
        finance('payment').whereIn('project_code', codes).groupBy('project_code').select('project_code').sum('amount as sum'),
        (row) => row.sum,
        null,
      ),
    findingsCount: count(audit, 'finding'),
  },
  Site: {
    contracts: children(housing, 'contract'),
    milestones: children(housing, 'milestone'),
    contractsTotal: total(housing, 'contract'),
    milestonesCount: count(housing, 'milestone'),
  },
};

/** Fields of a type, each by a loader of its own request. */
export const loaded = (type, fields = Object.keys(batches[type])) =>
  Object.fromEntries(fields.map((field) => [field, (row, _args, { loaderOf }) => loaderOf(type, field).load(row.code)]));

/** What a request brings to them. */
export async function createContext() {
  const loaders = new Map();
  return {
    loaderOf(type, field) {
      const name = `${type}.${field}`;
      if (!loaders.has(name)) loaders.set(name, new DataLoader((codes) => batches[type][field](codes)));
      return loaders.get(name);
    },
  };
}
