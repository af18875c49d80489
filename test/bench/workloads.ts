/** What is measured: each workload as an operation for the hub, and the variables that its requests take in turn. */
import { codeOf, districtOf, DISTRICTS, type DataSize } from './data.ts';

export type WorkloadName = 'W1' | 'W2' | 'W3' | 'W4' | 'W5' | 'W6' | 'W7' | 'W8';

export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  readonly query: string;
  /** Default: as many as the run has. */
  readonly connections?: number;
  /** Of the `turn`-th request. */
  readonly variables: (turn: number, size: DataSize) => Readonly<Record<string, unknown>>;
}

const district = (turn: number): { readonly district: string } => ({ district: districtOf(turn % DISTRICTS) });

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'W1',
    title: '100 rows, 6 fields, filter, order',
    query: `query W1($district: String!) {
  projects(where: { district: { eq: $district } }, orderBy: [{ approvedOn: DESC }], first: 100) { nodes { code name kind status approvedInvestment approvedOn } }
}`,
    variables: district,
  },
  {
    name: 'W2',
    title: '50 parents with two child lists, one database',
    query: `query W2($district: String!) {
  sites(where: { district: { eq: $district } }, first: 50) {
    nodes { code name area contracts { nodes { number contractor amount signedOn } } milestones { nodes { number kind plannedOn progress } } }
  }
}`,
    variables: district,
  },
  {
    name: 'W3',
    title: 'one object by key, 8 fields',
    query: `query W3($code: String!) { project(code: $code) { code name kind district owner status approvedInvestment approvedOn } }`,
    variables: (turn, { projects }) => ({ code: codeOf(1 + ((turn * 7919) % projects)) }),
  },
  {
    name: 'W4',
    title: '50 projects + payments (10 each) + milestones + findings, four databases',
    query: `query W4($district: String!) {
  projects(where: { district: { eq: $district } }, orderBy: [{ approvedOn: DESC }], first: 50) {
    nodes {
      code name
      payments(first: 10) { nodes { number amount paidOn payee } }
      milestones { nodes { number kind plannedOn progress } }
      findings { nodes { number severity status amount } }
    }
  }
}`,
    variables: district,
  },
  {
    name: 'W5',
    title: '50 projects + sum of payments + count of findings, three databases',
    query: `query W5($district: String!) {
  projects(where: { district: { eq: $district } }, orderBy: [{ approvedOn: DESC }], first: 50) {
    nodes { code name payments { aggregate { sum { amount } } } findings { aggregate { count } } }
  }
}`,
    variables: district,
  },
  {
    name: 'W6',
    title: 'projects filtered by payments total or open finding in other databases, ordered, first 50',
    query: `query W6($total: Decimal!) {
  projects(
    where: { or: [{ payments: { aggregate: { sum: { amount: { gt: $total } } } } }, { findings: { some: { status: { eq: "OPEN" } } } }] }
    orderBy: [{ code: ASC }]
    first: 50
  ) { nodes { code name district approvedInvestment } }
}`,
    connections: 4,
    variables: () => ({ total: '18000000' }),
  },
  {
    name: 'W7',
    title: '10,000 rows, 6 fields',
    query: `query W7($first: Int!) { projects(first: $first) { nodes { code name kind status approvedInvestment approvedOn } } }`,
    variables: (_turn, { projects }) => ({ first: Math.min(10_000, projects) }),
  },
  {
    name: 'W8',
    title: 'same-database aggregates',
    query: `query W8($district: String!) {
  sites(where: { district: { eq: $district } }, first: 50) {
    nodes { code name contracts { aggregate { count sum { amount } } } milestones { aggregate { count } } }
  }
}`,
    variables: district,
  },
];
