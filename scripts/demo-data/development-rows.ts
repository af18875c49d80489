import { dateText, dayOf, monthText } from './day.ts';
import { projectFacts, wan, type ProjectFacts } from './project.ts';
import { createRandom, type Random } from './random.ts';
import { DISTRICTS, ownerCount, ownerOf, type World } from './world.ts';
import type { Row, Rows } from './table.ts';

/** The last day that generated records know about. */
const TODAY = dayOf('2024-06-15');

/** Generated rows of the development department, parents before children, a few projects at a time. */
export function* developmentRows(world: World): Generator<Rows> {
  const owners = Array.from({ length: ownerCount(world) }, (_, index) => ownerOf(world, index));
  yield {
    table: 'inv_org',
    rows: owners.map((owner, index): Row => {
      const random = createRandom(world.seed, 'org', index);
      return [
        owner.id,
        owner.uscc,
        owner.name,
        owner.kind,
        random.chance(0.2) ? null : random.pick(['张伟', '王芳', '李娜', '刘洋', '陈静', '杨帆']),
        null,
        random.chance(0.3) ? null : `0512-6${String(random.between(0, 9_999_999)).padStart(7, '0')}`,
        '2024-05-01 09:00:00+08:00',
      ];
    }),
  };
  for (let index = 0; index < world.size; index += 1) {
    const facts = projectFacts(world, index);
    const random = createRandom(world.seed, 'development', index);
    yield { table: 'inv_project', rows: versions(facts, random) };
    yield { table: 'inv_approval', rows: approvals(facts) };
    yield { table: 'inv_plan_year', rows: planYears(facts, random) };
    yield { table: 'inv_monthly_report', rows: monthlyReports(facts, random) };
  }
}

function versions(facts: ProjectFacts, random: Random): Row[] {
  const stage = facts.physical >= 99.5 ? 'COMPLETION' : facts.physical > 0 ? 'IMPLEMENTATION' : random.pick(['PREPARATION', 'TENDERING', 'IDENTIFICATION']);
  const mode = random.pick(['ENTRUSTED', 'ENTRUSTED', 'AGENT', 'AGENT', 'EPC', 'PPP', 'OWN']);
  const nature = random.pick([1, 1, 2, 2, 3, 4, 5, 9]);
  const attributes = (total: number): string => {
    const bond = random.chance(0.3) ? Math.round(total * 0.2) : 0;
    const fund = [`{"src":"gov_local","wan":${wan(total - bond)}}`, ...(bond > 0 ? [`{"src":"bond","wan":${wan(bond)}}`] : [])];
    return `{"site":{"lng":${facts.lng},"lat":${facts.lat},"crs":"${random.chance(0.8) ? 'CGCS2000' : 'WGS84'}"},"fund":[${fund.join(',')}],"is_key":${random.chance(0.1)}}`;
  };
  const version = (number: number, total: number, phase: string, deleted: boolean, day: number): Row => [
    facts.projectId,
    number,
    facts.code,
    facts.name,
    facts.owner.id,
    facts.region,
    '01',
    nature,
    random.pick(['01', '01', '01', '04']),
    facts.kind.industry,
    mode,
    wan(total),
    dateText(facts.startDay),
    dateText(facts.endDay),
    phase,
    attributes(total),
    deleted,
    `${dateText(day)} 10:00:00+08:00`,
  ];
  const rows = [
    version(
      1,
      facts.adjusted ? facts.budget : facts.approved,
      facts.adjusted ? 'IMPLEMENTATION' : stage,
      facts.deleted && !facts.adjusted,
      facts.startDay - 90,
    ),
  ];
  if (facts.adjusted) rows.push(version(2, facts.approved, stage, facts.deleted, facts.startDay + 200));
  return rows;
}

function approvals(facts: ProjectFacts): Row[] {
  const { name } = { name: DISTRICTS.find(([code]) => code === facts.region)![1] };
  const office = `${name}发展和改革委员会`;
  const first = 1_000 + facts.index * 8;
  const document = (turn: number, day: number): string => `${name.slice(0, 2)}发改投〔${dateText(day).slice(0, 4)}〕${(facts.index % 900) + turn}号`;
  const steps: [string, number, number][] = [
    ['10', facts.estimate, facts.startDay - 200],
    ['20', facts.estimate, facts.startDay - 150],
    ['30', facts.budget, facts.startDay - 90],
    ...(facts.adjusted ? [['31', facts.approved, facts.startDay + 200] as [string, number, number]] : []),
    ...(facts.physical > 0 ? [['40', facts.budget, facts.startDay] as [string, number, number]] : []),
  ];
  return steps.map(([type, amount, day], turn) => [
    String(first + turn),
    facts.projectId,
    type,
    document(turn + 1, day),
    wan(amount),
    dateText(day),
    office,
    null,
  ]);
}

function planYears(facts: ProjectFacts, random: Random): Row[] {
  const first = Number(dateText(facts.startDay).slice(0, 4));
  return [0.6, 0.4].map((share, turn) => {
    const total = Math.round((facts.approved * share) / 100) * 100;
    const upper = random.chance(0.1) ? Math.round(total * 0.1) : 0;
    return [
      facts.projectId,
      first + turn,
      upper > 0 ? wan(upper) : null,
      upper > 0 ? wan(upper) : null,
      wan(total - 2 * upper),
      null,
      `苏发改投计〔${first + turn}〕${(facts.index % 90) + 1}号`,
    ];
  });
}

/** Up to four months back from the last report; one month in a hundred is written as no month. */
function monthlyReports(facts: ProjectFacts, random: Random): Row[] {
  if (facts.physical === 0) return [];
  const last = Math.min(TODAY, facts.endDay) - 31 * random.between(0, 2);
  return [3, 2, 1, 0].map((back): Row => {
    const share = 1 - back * 0.08;
    const physical = (facts.physical * share).toFixed(2);
    const planned = (facts.planned * share).toFixed(2);
    const month = random.chance(0.003) ? '202413' : monthText(last - back * 31);
    return [
      String(1_000 + facts.index * 4 + (3 - back)),
      facts.projectId,
      month,
      wan(Math.round((facts.approved * facts.physical * share) / 10_000) * 100),
      physical,
      planned,
      `累计完成形象进度${physical}%`,
      back === 0 ? (facts.delayReason ?? '') : null,
      `${dateText(last - back * 31 + random.between(5, 35))} 16:00:00+08:00`,
    ];
  });
}
