import { dayOf } from './day.ts';
import { SHARES } from './distributions.ts';
import { projectFacts, type ProjectFacts } from './project.ts';
import { createRandom, type Random } from './random.ts';
import { digits, spellAmount, spellCode, spellDate } from './spelling.ts';
import { DISTRICTS, type World } from './world.ts';
import type { Row, Rows } from './table.ts';

const KINDS = ['跟踪审计', '竣工决算审计', '预算执行审计', '第三方审计'];
const CATEGORIES: readonly (readonly [string, string])[] = [
  ['多计工程价款', '工程量计算与现场不符'],
  ['超进度付款', '付款比例高于形象进度'],
  ['招投标不规范', '评标资料不完整'],
  ['转包、违法分包', '现场管理人员与投标不一致'],
  ['变更签证不规范', '签证无监理意见'],
  ['资金管理不规范', '未专账核算'],
];

/** Generated rows of the audit department: every second project is audited, with five findings on average. */
export function* auditRows(world: World): Generator<Rows> {
  for (let index = 0; index < world.size; index += 1) {
    const random = createRandom(world.seed, 'audit', index);
    if (!random.chance(0.5)) continue;
    const facts = projectFacts(world, index);
    const id = 1_000 + index;
    const day = dayOf('2023-03-01') + random.between(0, 430);
    yield { table: 'sj_xm', rows: [auditRow(world, facts, id, day, random)] };
    const findings = findingRows(facts, id, day, random);
    yield { table: 'sj_wt', rows: findings };
    yield {
      table: 'sj_zg',
      rows: findings
        .filter(() => random.chance(0.4))
        .map((finding): Row => [
          finding[0]!,
          finding[0]!,
          spellDate(day + random.between(60, 200), random),
          random.pick(['扣减结算价款', '暂停拨款', '补充资料', '调整账务']),
          random.chance(0.3) ? '0' : spellAmount(random.between(1, 400) * 2_500, random),
          random.pick(['认可', '认可', '退回']),
          random.pick(['赵六', '钱七', '孙八']),
        ]),
    };
  }
}

function auditRow(world: World, facts: ProjectFacts, id: number, day: number, random: Random): Row {
  const codes = [spellCode(facts.code, random)];
  if (facts.index + 1 < world.size && random.chance(SHARES.severalCodes)) codes.push(digits(projectFacts(world, facts.index + 1).code));
  const cell = random.chance(SHARES.unmatchedKey)
    ? random.pick(['无', `${digits(facts.code).slice(0, 18)}`])
    : codes.map((code) => (codes.length > 1 ? digits(code.trim()) : code)).join(random.pick(['、', '、', '，', ',']));
  const kind = random.pick(KINDS);
  const district = DISTRICTS.find(([code]) => code === facts.region)![1];
  const auditor =
    kind === '第三方审计' || random.chance(0.3) ? random.pick(['苏州天衡会计师事务所', '江苏苏亚金诚会计师事务所(特殊普通合伙)']) : `${district}审计局`;
  return [
    id,
    `${district.slice(0, 1)}审投〔${2023 + (facts.index % 2)}〕${(facts.index % 400) + 1}号`,
    cell,
    `${facts.name}${kind}`,
    facts.owner.name,
    kind,
    auditor,
    spellDate(day, random),
    random.chance(0.2) ? null : spellDate(day + 60, random),
  ];
}

function findingRows(facts: ProjectFacts, id: number, day: number, random: Random): Row[] {
  return Array.from({ length: random.between(3, 7) }, (_, turn): Row => {
    const [category, text] = random.pick(CATEGORIES);
    const status = random.chance(SHARES.unreadable)
      ? random.pick(['', '整改中', '待核实'])
      : random.pick(['已整改', '已整改', '已整改', '已整改 ', '正在整改', '正在整改', '部分整改', '未整改', '未整改 ']);
    const responsible = random.chance(0.5) ? facts.owner.name : facts.contracts[0]!.contractor.name;
    return [
      1_000 + facts.index * 10 + turn,
      id,
      `${2023 + (facts.index % 2)}-${facts.index + 1}-${String(turn + 1).padStart(2, '0')}`,
      category,
      text,
      spellAmount(random.between(1, 4_000) * 2_500, random),
      responsible,
      spellDate(day + random.between(90, 420), random),
      random.pick(['立行立改', '立行立改', '分阶段整改', '持续整改']),
      status,
      random.chance(0.03) ? '是' : '否',
    ];
  });
}
