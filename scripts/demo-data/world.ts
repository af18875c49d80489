import { creditCode } from './spelling.ts';
import { createRandom } from './random.ts';

/** Everything generated follows from these two: a larger demo is not a longer prefix of a smaller one, but each is always the same. */
export interface World {
  readonly seed: number;
  /** Generated projects. */
  readonly size: number;
}

/** Most projects that can be generated: beyond it housing's project numbers would run into the hand-made ones. */
export const MAX_SIZE = 100_000;

export const DISTRICTS: readonly (readonly [code: string, name: string])[] = [
  ['320505', '虎丘区'],
  ['320506', '吴中区'],
  ['320507', '相城区'],
  ['320508', '姑苏区'],
  ['320509', '吴江区'],
  ['320576', '工业园区'],
  ['320581', '常熟市'],
  ['320582', '张家港市'],
  ['320583', '昆山市'],
  ['320585', '太仓市'],
];

export interface Company {
  readonly name: string;
  readonly code: string;
}

export interface Owner extends Company {
  readonly id: string;
  /** Null where the department never entered it. */
  readonly uscc: string | null;
  readonly kind: number;
  readonly district: string;
  /** Finance's budget unit. */
  readonly unit: string;
}

export const ownerCount = ({ size }: World): number => Math.min(2_000, 12 + Math.ceil(size / 25));
export const contractorCount = ({ size }: World): number => Math.min(3_000, 20 + Math.ceil(size / 10));

const OFFICES = [
  '住房和城乡建设局',
  '教育局',
  '卫生健康委员会',
  '水务局',
  '交通运输局',
  '生态环境局',
  '城市管理局',
  '民政局',
  '文化体育和旅游局',
  '大数据管理局',
];
const FIRST = ['华', '东', '中', '金', '恒', '宏', '盛', '天', '永', '新', '瑞', '远'];
const SECOND = ['泰', '兴', '建', '达', '源', '业', '信', '诚', '通', '宇', '嘉', '成', '顺'];
const TRADES = ['建设集团有限公司', '市政工程有限公司', '建筑工程有限公司', '园林绿化工程有限公司', '机电安装工程有限公司', '水利工程有限公司'];

/** Owner number `index`: a bureau of a district, or one of its companies. */
export function ownerOf(world: World, index: number): Owner {
  const random = createRandom(world.seed, 'owner', index);
  const [region, district] = DISTRICTS[index % DISTRICTS.length]!;
  const turn = Math.floor(index / DISTRICTS.length);
  const office = turn < OFFICES.length;
  const name = office
    ? `${district}${OFFICES[turn]}`
    : `苏州${district.slice(0, -1)}${FIRST[turn % FIRST.length]}${SECOND[Math.floor(turn / FIRST.length) % SECOND.length]}投资发展有限公司`;
  const code = creditCode(`${office ? '11' : '91'}${region}${serial(500_000 + index)}`);
  return {
    id: String(101 + index),
    name,
    code,
    uscc: random.chance(0.05) ? null : code,
    kind: office ? 1 : random.pick([2, 3, 3, 4]),
    district: region,
    unit: String(600_001 + index),
  };
}

/** Contractor number `index`. Names differ from each other and from those in the hand-made rows. */
export function contractorOf(index: number): Company {
  const name = `苏州${FIRST[index % FIRST.length]}${SECOND[Math.floor(index / FIRST.length) % SECOND.length]}${cycle(Math.floor(index / (FIRST.length * SECOND.length * TRADES.length)))}${TRADES[Math.floor(index / (FIRST.length * SECOND.length)) % TRADES.length]}`;
  return { name, code: creditCode(`91${DISTRICTS[index % DISTRICTS.length]![0]}${serial(800_000 + index)}`) };
}

/** Nine characters where a credit code has its organisation code. */
const serial = (number: number): string => `MA${String(number).padStart(6, '0')}${number % 10}`;

const cycle = (turn: number): string => (turn === 0 ? '' : (['第二', '第三', '第四', '第五'][turn - 1] ?? `第${turn + 1}`));
