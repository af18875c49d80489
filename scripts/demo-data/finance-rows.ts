import { compactDate, dateText, dayOf } from './day.ts';
import { SHARES } from './distributions.ts';
import { projectFacts, wan, type ContractFacts, type ProjectFacts } from './project.ts';
import { createRandom, type Random } from './random.ts';
import { digits, spellCode } from './spelling.ts';
import { DISTRICTS, ownerCount, ownerOf, type World } from './world.ts';
import type { Row, Rows } from './table.ts';

const FIRST_DAY = dayOf('2023-01-05');
const LAST_DAY = dayOf('2024-06-10');

/** Generated rows of the finance department. */
export function* financeRows(world: World): Generator<Rows> {
  yield {
    table: 'dm_dw',
    rows: Array.from({ length: ownerCount(world) }, (_, index) => ownerOf(world, index)).map((owner): Row => [owner.unit, owner.name, owner.code]),
  };
  for (let index = 0; index < world.size; index += 1) {
    const facts = projectFacts(world, index);
    const random = createRandom(world.seed, 'finance', index);
    yield { table: 'xm_xxb', rows: [budgetProject(facts, random)] };
    yield { table: 'zb_zbwj', rows: appropriations(facts, random) };
    yield { table: 'ht_htxx', rows: filings(facts, random) };
    const vouchers = payments(facts, random);
    for (const year of ['2023', '2024']) yield { table: `zf_zfpz_${year}`, rows: vouchers.filter((row) => String(row[4]).startsWith(year)) };
  }
}

function budgetProject(facts: ProjectFacts, random: Random): Row {
  const code = random.chance(SHARES.missingKey)
    ? null
    : random.chance(SHARES.unmatchedKey)
      ? digits(facts.code).slice(1)
      : random.chance(0.5)
        ? digits(facts.code)
        : spellCode(facts.code, random);
  const name = random.chance(0.2) ? facts.name.replace('工程', '') : facts.name;
  return [facts.budgetNumber, code, name, facts.owner.unit, random.chance(0.005) ? '9' : facts.physical >= 99.5 ? '2' : '1'];
}

/** Two on average; together 60 to 105 % of the budget, later ones sometimes a correction downwards; a few voided ones with large amounts. */
function appropriations(facts: ProjectFacts, random: Random): Row[] {
  const total = facts.budget * (0.6 + random.next() * 0.45);
  const count = random.between(1, 3);
  const district = DISTRICTS.find(([code]) => code === facts.region)![1];
  return Array.from({ length: count }, (_, turn): Row => {
    const year = 2022 + turn;
    const amount = Math.round(((total / count) * (turn > 0 && random.chance(0.03) ? -0.2 : 1)) / 100) * 100;
    const void_ = random.chance(0.015);
    const day = dayOf(`${year}-02-01`) + random.between(0, 250);
    return [
      String(1_000 + facts.index * 4 + turn),
      `${district.slice(0, 2)}财建〔${year}〕${(facts.index % 200) + 1}号`,
      String(year),
      facts.budgetNumber,
      random.pick(['2120303', '2120803', '2050299', '2210106']),
      random.pick(['50401', '50402', '50404']),
      random.pick(['111', '111', '121', '131']),
      `${wan(void_ ? amount * 3 : amount)}00`,
      random.chance(SHARES.unreadable / 4) ? '00000000' : compactDate(day),
      void_ ? '1' : '0',
    ];
  });
}

/** Finance's own record of each contract: mostly the same amount as housing's, sometimes not. */
function filings(facts: ProjectFacts, random: Random): Row[] {
  return facts.contracts.map((contract, turn) => {
    const amount = random.chance(0.02) ? Math.round((contract.amount * 1.05) / 100) * 100 : contract.amount;
    const day = random.chance(SHARES.unreadable) ? random.pick(['00000000', '20230231']) : compactDate(contract.signedDay);
    return [
      String(1_000 + facts.index * 4 + turn),
      contract.contractNo,
      facts.budgetNumber,
      `${amount}.00`,
      contract.contractor.name,
      random.chance(0.1) ? '' : contract.contractor.code,
      day,
      `${random.pick([10, 20, 30, 30, 40])}%`,
    ];
  });
}

/** Twenty on average, 8 to 32: what was paid follows what was built, one project in ten well ahead of it. */
function payments(facts: ProjectFacts, random: Random): Row[] {
  const ahead = random.chance(0.1) ? 6 + random.next() * 20 : -random.next() * 10;
  const percent = Math.min(97, Math.max(facts.physical === 0 ? 3 : 5, facts.physical + ahead));
  const count = random.between(8, 32);
  const step = (LAST_DAY - FIRST_DAY) / count;
  const rows: Row[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const contract = random.chance(0.8) ? facts.contracts[0]! : random.pick(facts.contracts);
    const share = (contract.amount * percent) / 100 / count;
    const day = Math.floor(FIRST_DAY + step * turn + random.next() * step);
    rows.push(voucher(facts, contract, turn, day, Math.max(1, Math.round(share * (0.6 + random.next() * 0.8) * 100)), random));
  }
  return rows;
}

function voucher(facts: ProjectFacts, contract: ContractFacts, turn: number, day: number, fen: number, random: Random): Row {
  const fate = random.next();
  const status = fate < 0.02 ? '9' : fate < 0.03 ? '3' : fate < 0.04 ? '1' : fate < 0.045 ? '0' : '2';
  const refund = status === '2' && random.chance(0.02);
  const branch = random.chance(0.01);
  const account = `6222${String(facts.index % 10_000).padStart(4, '0')}${String(contract.contractorIndex).padStart(7, '0')}0001`;
  const bank = random.pick(['工行苏州分行', '建行苏州分行', '农行吴中支行', '苏州银行']);
  const date = compactDate(day);
  return [
    `ZF${date.slice(0, 4)}${String(facts.index + 1).padStart(6, '0')}${String(turn + 1).padStart(2, '0')}`,
    facts.budgetNumber,
    contract.contractNo,
    String(refund ? -Math.round(fen / 10) : status === '9' ? fen * 20 : fen),
    date,
    random.pick(['11', '11', '11', '12']),
    random.pick(['111', '111', '121']),
    branch ? `${contract.contractor.name}${DISTRICTS[contract.contractorIndex % DISTRICTS.length]![1].slice(0, 2)}分公司` : contract.contractor.name,
    account,
    bank,
    refund ? '退款' : turn === 0 ? '预付款' : '进度款',
    status,
    status === '2' ? `BK${date.slice(2)}${String(facts.index).padStart(6, '0')}${String(turn).padStart(2, '0')}` : null,
    null,
    null,
    `${dateText(day)} ${String(9 + (turn % 8)).padStart(2, '0')}:15:00`,
  ];
}
