import { dayOf, dateText } from './day.ts';
import { drawBudget, drawDone, drawGrowth, drawReason, SHARES } from './distributions.ts';
import { createRandom, type Random } from './random.ts';
import { contractorCount, contractorOf, DISTRICTS, ownerCount, ownerOf, type Company, type Owner, type World } from './world.ts';

/** All that departments agree on about one generated project, whatever each writes down. Amounts in whole 元. */
export interface ProjectFacts {
  readonly index: number;
  readonly projectId: string;
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly owner: Owner;
  readonly kind: ProjectKind;
  readonly estimate: number;
  readonly budget: number;
  readonly approved: number;
  readonly adjusted: boolean;
  readonly startDay: number;
  readonly endDay: number;
  /** Percent, two decimals. */
  readonly physical: number;
  readonly planned: number;
  readonly delayReason?: string;
  readonly deleted: boolean;
  readonly lng: number;
  readonly lat: number;
  readonly housingNumber: string;
  readonly budgetNumber: string;
  readonly contracts: readonly ContractFacts[];
}

export interface ContractFacts {
  readonly recordNo: string;
  readonly contractNo: string;
  readonly kind: string;
  readonly amount: number;
  readonly signedDay: number;
  readonly contractor: Company;
  readonly contractorIndex: number;
  readonly partner?: Company;
}

export interface ProjectKind {
  readonly title: string;
  readonly industry: string;
  readonly works: string;
  readonly usage: string;
  readonly milestones: readonly string[];
}

const CIVIL = ['施工图审查', '管线迁改', '围挡及临设', '基坑及沟槽开挖', '主体工程', '附属设施', '设备安装', '联合调试', '绿化恢复', '竣工预验收'];
const HOUSE = ['桩基工程', '地下室结构', '主体结构', '主体封顶', '二次结构', '外立面', '机电安装', '室内装修', '室外工程', '竣工预验收'];
const DIGITAL = ['需求确认', '机房改造', '设备到货', '网络联通', '平台部署', '数据接入', '功能联调', '安全测评', '试运行', '初步验收'];

const KINDS: readonly ProjectKind[] = [
  { title: '雨污分流改造工程', industry: 'D4620', works: '02', usage: '011', milestones: CIVIL },
  { title: '供水管网更新工程', industry: 'D4610', works: '02', usage: '010', milestones: CIVIL },
  { title: '道路综合整治工程', industry: 'E4813', works: '02', usage: '999', milestones: CIVIL },
  { title: '轨道交通配套工程', industry: 'G5320', works: '04', usage: '305', milestones: CIVIL },
  { title: '人民医院新建工程', industry: 'Q8411', works: '01', usage: '304', milestones: HOUSE },
  { title: '实验小学改扩建工程', industry: 'P8321', works: '01', usage: '304', milestones: HOUSE },
  { title: '保障性住房工程', industry: 'K7010', works: '01', usage: '100', milestones: HOUSE },
  { title: '河道综合治理工程', industry: 'N7610', works: '07', usage: '999', milestones: CIVIL },
  { title: '生活垃圾处置中心工程', industry: 'N7820', works: '02', usage: '999', milestones: HOUSE },
  { title: '城市数据中心工程', industry: 'I6540', works: '12', usage: '306', milestones: DIGITAL },
  { title: '智慧交通提升工程', industry: 'I6531', works: '12', usage: '306', milestones: DIGITAL },
];
const PLACES = [
  '平江路',
  '山塘街',
  '金鸡湖',
  '独墅湖',
  '阳澄湖',
  '石湖',
  '尹山湖',
  '淮海街',
  '人民路',
  '干将路',
  '桐泾路',
  '何山路',
  '春申湖',
  '虞山',
  '沙家浜',
  '周市',
  '花桥',
  '浮桥',
];

/** The facts of project `index`, from nothing but the world's seed and size. */
export function projectFacts(world: World, index: number): ProjectFacts {
  const facts = independentFacts(world, index);
  if (index === 0 || !createRandom(world.seed, 'duplicate', index).chance(SHARES.duplicate)) return facts;
  // Registered a second time, under another code and a slightly different name.
  const { owner, estimate, budget, approved, adjusted, name } = independentFacts(world, index - 1);
  return { ...facts, owner, estimate, budget, approved, adjusted, name: name.replace('工程', '项目') };
}

function independentFacts(world: World, index: number): ProjectFacts {
  const random = createRandom(world.seed, 'project', index);
  const owner = ownerOf(world, random.between(0, ownerCount(world) - 1));
  const district = DISTRICTS.find(([code]) => code === owner.district)!;
  const kind = random.pick(KINDS);
  const estimate = Math.round(drawBudget(random) * 100) * 100;
  const growth = drawGrowth(random);
  const budget = Math.round((estimate * growth) / 100) * 100;
  const adjusted = random.chance(SHARES.adjusted);
  const approved = adjusted ? Math.round((budget * (1.01 + random.next() * 0.12)) / 100) * 100 : budget;
  const old = random.chance(0.15);
  const startDay = old ? dayOf('2019-02-01') + random.between(0, 900) : dayOf('2021-03-01') + random.between(0, 960);
  const endDay = startDay + random.between(360, 1100);
  const physical = Math.round(drawDone(random) * 10_000) / 100;
  const delayed = random.chance(SHARES.delayed);
  const slip = delayed ? Math.min(60, -Math.log(1 - random.next()) * 12) : -random.next() * 5;
  const planned = Math.min(100, Math.max(0, Math.round((physical + slip) * 100) / 100));
  const serial = serialOf(index);
  const approvalDay = startDay - 120;
  const [year, month] = dateText(approvalDay).split('-') as [string, string];
  const code = old ? `${Math.min(2020, Number(year))}-${district[0]}-78-01-${serial}` : `${year.slice(2)}${month}-${district[0]}-89-01-${serial}`;
  const housingNumber = `${district[0]}${dateText(dayOf('2019-01-01') + Math.floor(index / 100))
    .slice(2)
    .replaceAll('-', '')}${kind.works}${String(index % 100).padStart(2, '0')}`;
  return {
    index,
    projectId: String(10_001 + index),
    code,
    name: `${district[1]}${random.pick(PLACES)}${kind.title}`,
    region: district[0],
    owner,
    kind,
    estimate,
    budget,
    approved,
    adjusted,
    startDay,
    endDay,
    physical,
    planned,
    ...(delayed ? { delayReason: drawReason(random) } : {}),
    deleted: random.chance(0.005),
    lng: Math.round((120.35 + random.next() * 0.75) * 1e6) / 1e6,
    lat: Math.round((31.05 + random.next() * 0.6) * 1e6) / 1e6,
    housingNumber,
    budgetNumber: `${district[0]}${year.slice(2)}${String(1_000_001 + index).padStart(13, '0')}`,
    contracts: contractsOf(world, index, random, budget, startDay, housingNumber),
  };
}

/** Six digits, each index its own. The guiding department 89 and the industry 78 keep the codes apart from the hand-made ones. */
const serialOf = (index: number): string => String((index * 7_919 + 200_003) % 1_000_000).padStart(6, '0');

/** One contract mostly, sometimes two or three: 1.5 on average. */
function contractsOf(world: World, index: number, random: Random, budget: number, startDay: number, housingNumber: string): ContractFacts[] {
  const count = random.chance(0.6) ? 1 : random.chance(0.75) ? 2 : 3;
  const total = budget * (0.82 + random.next() * 0.16);
  return Array.from({ length: count }, (_, turn) => {
    const share = count === 1 ? 1 : turn === 0 ? 0.8 : 0.2 / (count - 1);
    const contractorIndex = random.between(0, contractorCount(world) - 1);
    const signedDay = startDay - random.between(5, 60);
    return {
      recordNo: `${housingNumber}-HZ-${String(turn + 1).padStart(3, '0')}`,
      contractNo: `HT-${dateText(signedDay).slice(0, 4)}-${String(index + 1).padStart(6, '0')}-${turn + 1}`,
      kind: turn === 0 ? random.pick(['301', '301', '301', '600']) : random.pick(['100', '200', '302', '400']),
      amount: Math.max(100, Math.round((total * share) / 100) * 100),
      signedDay,
      contractor: contractorOf(contractorIndex),
      contractorIndex,
      ...(turn === 0 && random.chance(0.1) ? { partner: contractorOf(random.between(0, contractorCount(world) - 1)) } : {}),
    };
  });
}

/** 元 as 万元 with four decimals. */
export const wan = (yuan: number): string => `${yuan < 0 ? '-' : ''}${Math.floor(Math.abs(yuan) / 10_000)}.${String(Math.abs(yuan) % 10_000).padStart(4, '0')}`;
