/** The workloads in each peer's own words; a workload that it cannot answer is absent. */
const byHand = {
  W1: 'query W1($district: String!) { projects(district: $district, order: APPROVED_ON_DESC, first: 100) { code name kind status approved_investment approved_on } }',
  W2: 'query W2($district: String!) { sites(district: $district, first: 50) { code name area contracts { id contractor amount signed_on } milestones { id kind planned_on progress } } }',
  W3: 'query W3($code: String!) { project(code: $code) { code name kind district owner status approved_investment approved_on } }',
  W4: 'query W4($district: String!) { projects(district: $district, order: APPROVED_ON_DESC, first: 50) { code name payments(first: 10) { id amount paid_on payee } milestones { id kind planned_on progress } findings { id severity status amount } } }',
  W5: 'query W5($district: String!) { projects(district: $district, order: APPROVED_ON_DESC, first: 50) { code name paymentsSum findingsCount } }',
  W7: 'query W7($first: Int!) { projects(first: $first) { code name kind status approved_investment approved_on } }',
  W8: 'query W8($district: String!) { sites(district: $district, first: 50) { code name contractsTotal { count sum } milestonesCount } }',
};

export const peers = {
  mercurius: { title: 'Mercurius + graphql-jit + loaders, knex', queries: byHand },
  apollo: { title: 'Apollo Server + knex + dataloader', queries: byHand },
  hive: { title: 'Hive Gateway over federated subgraphs with knex + dataloader', queries: byHand },
  postgraphile: {
    title: 'PostGraphile 5',
    queries: {
      W1: 'query W1($district: String!) { allProjectsList(condition: { district: $district }, orderBy: [APPROVED_ON_DESC, PRIMARY_KEY_ASC], first: 100) { code name kind status approvedInvestment approvedOn } }',
      W2: 'query W2($district: String!) { allHousingSitesList(condition: { district: $district }, orderBy: [PRIMARY_KEY_ASC], first: 50) { code name area housingContractsByProjectCodeList(orderBy: [PRIMARY_KEY_ASC]) { rowId contractor amount signedOn } housingMilestonesByProjectCodeList(orderBy: [PRIMARY_KEY_ASC]) { rowId kind plannedOn progress } } }',
      W3: 'query W3($code: String!) { projectByCode(code: $code) { code name kind district owner status approvedInvestment approvedOn } }',
      W7: 'query W7($first: Int!) { allProjectsList(orderBy: [PRIMARY_KEY_ASC], first: $first) { code name kind status approvedInvestment approvedOn } }',
    },
  },
};
