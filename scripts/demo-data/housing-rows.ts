import { compactDate, dateText, dayOf, millisAt } from './day.ts';
import { SHARES } from './distributions.ts';
import { projectFacts, wan, type ProjectFacts } from './project.ts';
import { createRandom, type Random } from './random.ts';
import { spellCode, wide } from './spelling.ts';
import { contractorCount, contractorOf, type World } from './world.ts';
import type { Row, Rows } from './table.ts';

const TODAY = dayOf('2024-06-15');
const INSPECTORS = ['周敏', '吴刚', '郑洁', '冯涛', '褚宁', '卫东'];
const CITIZENS = ['赵一', '钱二', '孙三', '李四', '周五', '吴六'];
const COMPLAINTS: readonly (readonly [string, string])[] = [
  ['SAFE', '临边防护缺失'],
  ['NOISE', '夜间施工噪声扰民'],
  ['DUST', '裸土未覆盖扬尘'],
  ['ROAD', '占道围挡未设警示灯'],
  ['FAULT', '路灯不亮'],
];

/** Generated rows of the housing department. */
export function* housingRows(world: World): Generator<Rows> {
  yield { table: '信用评价', rows: creditRecords(world) };
  for (let index = 0; index < world.size; index += 1) {
    const facts = projectFacts(world, index);
    const random = createRandom(world.seed, 'housing', index);
    const started = facts.physical > 0;
    yield { table: 'TBProjectInfo', rows: [registration(facts, random)] };
    yield { table: 'xref_prj', rows: crossReferences(facts, random) };
    yield { table: 'TBContractRecordManage', rows: contracts(facts, random) };
    if (started && !random.chance(0.04)) yield { table: 'TBBuilderLicenceManage', rows: [licence(facts)] };
    yield { table: '工程节点', rows: milestones(facts, random) };
    if (started) yield { table: '安全检查', rows: inspections(facts, random) };
    if (started && random.chance(0.004)) yield { table: '安全事故', rows: [accident(facts, random)] };
    if (started) yield { table: '现场问题', rows: siteReports(facts, random) };
    if (facts.physical > 90 && random.chance(0.5)) yield { table: '满意度调查', rows: [survey(facts, random)] };
  }
}

function registration(facts: ProjectFacts, random: Random): Row {
  const id = `00000000-0000-4000-b000-${(facts.index + 1).toString(16).padStart(12, '0')}`;
  // GCJ-02 lies some 500 m east of WGS-84 here; near enough for a demonstration.
  const lng = (facts.lng + 0.0042).toFixed(6);
  const lat = (facts.lat - 0.0021).toFixed(6);
  const inText = !random.chance(SHARES.noLocationText);
  const nature = random.pick(['001', '001', '002', '003', '099']);
  const name = random.chance(0.15) ? facts.name.replace('工程', '项目') : facts.name;
  const owner = random.chance(0.1) ? facts.owner.name.replace('住房和城乡建设局', '住建局').replace('卫生健康委员会', '卫健委') : facts.owner.name;
  return [
    id,
    facts.housingNumber,
    name,
    facts.kind.works,
    owner,
    random.chance(0.05) ? facts.owner.code.slice(8, 17) : facts.owner.code,
    Number(facts.region),
    null,
    '003',
    wan(facts.budget),
    facts.kind.works === '01' ? `${random.between(2_000, 90_000)}.0000` : null,
    nature,
    facts.kind.usage,
    inText ? `${lng}${random.chance(0.5) ? '，' : ','}${lat}` : null,
    inText ? null : lng,
    inText ? null : lat,
    facts.physical > 0 ? `${dateText(facts.startDay + random.between(-5, 40))} 00:00:00` : null,
    facts.physical >= 99.5 ? `${dateText(Math.min(TODAY, facts.endDay))} 00:00:00` : null,
    'U',
    '2024-06-01 08:00:00',
  ];
}

/** Mostly one confirmed match; a few missing, unconfirmed, expired, or confirmed twice in two spellings. */
function crossReferences(facts: ProjectFacts, random: Random): Row[] {
  if (random.chance(SHARES.unmatchedKey)) return [];
  const written = spellCode(facts.code, random);
  if (random.chance(SHARES.missingKey)) return [[facts.housingNumber, written, '名称匹配', false, null]];
  const rows: Row[] = [[facts.housingNumber, written, random.chance(0.5) ? '人工' : '编码', true, random.chance(0.005) ? '2024-01-31' : null]];
  if (random.chance(0.01)) rows.push([facts.housingNumber, wide(facts.code), '人工', true, null]);
  return rows;
}

function contracts(facts: ProjectFacts, random: Random): Row[] {
  const owner = facts.owner.name;
  const rows = facts.contracts.map((contract): Row => [
    contract.recordNo,
    facts.housingNumber,
    contract.contractNo,
    contract.kind,
    wan(contract.amount),
    `${dateText(contract.signedDay)} 00:00:00`,
    owner,
    random.chance(0.03) ? ` ${contract.contractor.name}` : contract.contractor.name,
    random.chance(0.1) ? '' : contract.contractor.code,
    contract.partner?.name ?? null,
    'U',
  ]);
  // Entered twice and taken back: a large amount that must not count.
  if (random.chance(0.02))
    rows.push([
      `${facts.housingNumber}-HZ-099`,
      facts.housingNumber,
      facts.contracts[0]!.contractNo,
      '301',
      wan(facts.contracts[0]!.amount * 3),
      null,
      owner,
      facts.contracts[0]!.contractor.name,
      '',
      '',
      'D',
    ]);
  return rows;
}

function licence(facts: ProjectFacts): Row {
  const contract = facts.contracts[0]!;
  return [
    `${facts.region}${compactDate(facts.startDay)}${String(facts.index % 100).padStart(2, '0')}01-${facts.index}`,
    facts.housingNumber,
    wan(contract.amount),
    `${dateText(facts.startDay - 5)} 00:00:00`,
    contract.contractor.name,
    contract.contractor.code,
    '苏州工程监理咨询有限公司',
    'U',
  ];
}

/** Eight on average, 6 to 10, spread evenly over the planned time. */
function milestones(facts: ProjectFacts, random: Random): Row[] {
  const count = random.between(6, 10);
  const length = facts.endDay - facts.startDay;
  return facts.kind.milestones.slice(0, count).map((name, turn) => {
    const share = ((turn + 1) * 100) / count;
    const planned = facts.startDay + Math.round((length * (turn + 1)) / count);
    const done = facts.physical >= share;
    const begun = facts.physical > (turn * 100) / count;
    const percent = done ? 100 : begun ? Math.round(((facts.physical - (turn * 100) / count) * count * 100) / 100) : 0;
    const late = facts.delayReason === undefined ? random.between(-10, 5) : random.between(0, 60);
    const written = random.chance(SHARES.unreadable) ? random.pick([`${percent}`, `${percent}％`, '约50%', '']) : `${percent}%`;
    return [
      1_000 + facts.index * 10 + turn,
      facts.housingNumber,
      name,
      dateText(planned),
      done ? dateText(Math.min(TODAY, planned + late)) : null,
      (100 / count).toFixed(2),
      written,
    ];
  });
}

function inspections(facts: ProjectFacts, random: Random): Row[] {
  return Array.from({ length: random.between(1, 4) }, (_, turn): Row => {
    const result = random.pick([0, 0, 0, 0, 1, 1, 2]);
    return [
      `JC${String(facts.index + 1).padStart(6, '0')}${turn + 1}`,
      facts.housingNumber,
      random.pick([1, 1, 2, 3]),
      dateText(Math.min(TODAY, facts.startDay + random.between(20, 700))),
      random.pick(INSPECTORS),
      result,
      result === 0 ? 0 : random.between(1, 6),
      random.pick(['1', '1', '0']),
    ];
  });
}

function accident(facts: ProjectFacts, random: Random): Row {
  const deaths = random.pick([0, 0, 0, 1, 1, 3]);
  return [
    `SG${String(facts.index + 1).padStart(6, '0')}`,
    facts.housingNumber,
    `${dateText(Math.min(TODAY, facts.startDay + random.between(60, 600)))} 14:30:00`,
    deaths,
    random.between(0, 4),
    `${random.between(5, 900)}.00`,
    1,
    '作业人员坠落',
  ];
}

function siteReports(facts: ProjectFacts, random: Random): Row[] {
  return Array.from({ length: random.between(0, 2) }, (_, turn): Row => {
    const day = Math.min(TODAY - 10, facts.startDay + random.between(30, 800));
    const [category, text] = random.pick(COMPLAINTS);
    const status = random.pick([0, 2, 3, 4, 4, 5, 5, 9]);
    const done = status === 4 || status === 5;
    return [
      `WT${compactDate(day)}${String(facts.index + 1).padStart(6, '0')}${turn + 1}`,
      facts.housingNumber,
      random.between(1, 5),
      category,
      text,
      random.pick(CITIZENS),
      `139${String(random.between(0, 99_999_999)).padStart(8, '0')}`,
      (facts.lng + 0.0042).toFixed(4),
      (facts.lat - 0.0021).toFixed(4),
      millisAt(day, 9),
      status,
      status >= 2 && status < 9 ? facts.contracts[0]!.contractor.name : null,
      status >= 2 && status < 9 ? millisAt(day, 11) : null,
      done ? millisAt(day + random.between(1, 6), 17) : null,
      done ? random.between(2, 5) : null,
    ];
  });
}

function survey(facts: ProjectFacts, random: Random): Row {
  const sample = random.between(200, 1_500);
  return [facts.housingNumber, random.pick(['2023H2', '2024H1']), sample, Math.round(sample * (0.7 + random.next() * 0.28)), random.between(0, 40)];
}

/** One contractor in twelve: some commended, some blacklisted, of those a few repaired and a few without end. */
function creditRecords(world: World): Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < contractorCount(world); index += 1) {
    const random = createRandom(world.seed, 'credit', index);
    if (!random.chance(1 / 12)) continue;
    const { name, code } = contractorOf(index);
    const black = random.chance(0.4);
    const day = dayOf('2023-01-01') + random.between(0, 500);
    const until = random.chance(0.05) ? null : dateText(day + 365);
    rows.push([
      1_000 + index,
      name,
      code,
      Number(dateText(day).slice(0, 4)),
      black ? 'D' : random.pick(['A', 'A', 'B']),
      black ? 2 : 1,
      black ? random.pick(['拖欠农民工工资', '转包', '较大安全隐患拒不整改']) : '年度考核优秀',
      dateText(day),
      until,
      black && random.chance(0.2),
    ]);
  }
  return rows;
}
