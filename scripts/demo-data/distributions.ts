import type { Random } from './random.ts';

/**
 * Measured once over New York City's capital projects (Capital Project Detail Data, fiscal year 2021, with community-built locations, 2,010
 * projects; github.com/chriswhong/nyc-capital-projects), amounts in thousands of dollars taken as 万元. Only these figures were kept.
 * Quantiles are by nearest rank. What the data does not hold (day counts, dates, misspelled numbers) borrows the share of the nearest
 * fault it does hold; each line says which.
 */

type Quantiles = readonly (readonly [share: number, value: number])[];

/** `original_budget`, where it is above 0: 1,940 projects. */
const BUDGET: Quantiles = [
  [0, 35],
  [0.05, 187],
  [0.1, 300],
  [0.25, 576],
  [0.5, 1850],
  [0.75, 6305],
  [0.9, 20656],
  [0.95, 37644],
  [0.99, 147907],
  [1, 1689115],
];

/** `combined_total / original_budget`, cut at its 5 % and 95 % quantiles. */
const GROWTH: Quantiles = [
  [0, 0.572],
  [0.1, 0.8389],
  [0.25, 1],
  [0.5, 1.0584],
  [0.75, 2.313],
  [0.9, 4.7418],
  [1, 7.7383],
];

/** `combined_prior_actuals / combined_total`: how much is done. */
const DONE: Quantiles = [
  [0, 0],
  [0.35, 0],
  [0.4, 0.0437],
  [0.5, 0.1325],
  [0.6, 0.4699],
  [0.75, 0.8873],
  [0.9, 0.9603],
  [0.95, 0.9811],
  [1, 0.9993],
];

export const SHARES = {
  /** `explanation_for_delay` given: 1,310 of 2,010. */
  delayed: 0.652,
  /** More than one `budget_lines`: 568. For us: an adjusted budget. */
  adjusted: 0.283,
  /** More than one community board: 553. For us: an audit cell that names two projects. */
  severalCodes: 0.275,
  /** `project_id` shorter than the usual 9 characters: 525. For us: a code not written in the official way. */
  irregularCode: 0.261,
  /** No original budget: 70. For us: no national code in finance, or an unconfirmed match. */
  missingKey: 0.035,
  /** No community board: 15. For us: a key that nobody can match. */
  unmatchedKey: 0.0075,
  /** Blank `scope_summary`: 38. For us: an unreadable date or amount, a blank status. */
  unreadable: 0.019,
  /** Blank `project_location`: 1,373. For us: no coordinates in housing's text, columns beside it instead. */
  noLocationText: 0.683,
  /** `project_id` that stands twice: 2. For us: a project that was registered twice. */
  duplicate: 0.001,
} as const;

/** Reasons among the delayed, in the order of their share: scope, money, site, law, permits. */
export const DELAY_REASONS: readonly (readonly [share: number, reason: string])[] = [
  [0.467, '方案设计调整'],
  [0.714, '资金未及时到位'],
  [0.943, '地下管线等现场条件变化'],
  [0.976, '征地拆迁纠纷'],
  [1, '审批手续未办结'],
];

export const drawBudget = (random: Random): number => draw(BUDGET, random);
export const drawGrowth = (random: Random): number => draw(GROWTH, random);
export const drawDone = (random: Random): number => draw(DONE, random);

export function drawReason(random: Random): string {
  const share = random.next();
  return DELAY_REASONS.find(([limit]) => share < limit)?.[1] ?? DELAY_REASONS[0]![1];
}

/** Between two quantiles on a straight line; on a logarithmic one where values span orders of magnitude. */
function draw(quantiles: Quantiles, random: Random): number {
  const share = random.next();
  const upper = quantiles.findIndex(([limit]) => share < limit);
  const [lowShare, low] = quantiles[upper - 1]!;
  const [highShare, high] = quantiles[upper]!;
  const position = (share - lowShare) / (highShare - lowShare);
  return low > 0 && high / low > 1.5 ? low * (high / low) ** position : low + (high - low) * position;
}
