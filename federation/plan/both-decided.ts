import type { Expr, Predicate } from '../../connectors/spi/ir.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { addParameter, type PlanContext } from './plan-context.ts';
import { both } from './predicates.ts';

/**
 * Rows that exist for whoever asks and that are asked for, as `both` gives them. Where one value is asked for of what a row rule gives a list of, the list
 * decides about the value and no longer about each row: `district in (a, b) and district = $1` becomes `district = $1`, and $1 is none but a or b.
 */
export function bothDecided(context: PlanContext, exists: Predicate | undefined, asked: Predicate | undefined): Predicate | undefined {
  if (!exists || !asked) return both(exists, asked);
  let tests: readonly Predicate[] = conjuncts(asked);
  const rules: Predicate[] = [];
  for (const rule of conjuncts(exists)) {
    const deciding = decide(context, rule, tests);
    if (deciding) tests = deciding;
    else rules.push(rule);
  }
  return [...rules, ...tests].reduce<Predicate | undefined>(both, undefined);
}

/** The tests, one of which decides the rule; undefined when none can. */
function decide(context: PlanContext, rule: Predicate, tests: readonly Predicate[]): readonly Predicate[] | undefined {
  const list = rule.kind === 'in' && !rule.negated ? listed(rule) : undefined;
  if (!list || rule.kind !== 'in') return undefined;
  for (const [at, test] of tests.entries()) {
    if (test.kind !== 'compare' || test.op !== 'eq' || test.right.kind !== 'variable' || !same(test.left, rule.value)) continue;
    const name = within(context, test.right.name, list);
    if (name !== undefined) return tests.with(at, { ...test, right: { ...test.right, name } });
  }
  return undefined;
}

function conjuncts(predicate: Predicate): Predicate[] {
  return predicate.kind === 'and' ? predicate.predicates.flatMap(conjuncts) : [predicate];
}

/** Wire values that are equal exactly where the source holds them for equal. */
const isPlain = (type: PhysicalType): boolean => (type.kind === 'text' && type.padded !== true) || type.kind === 'integer';

function listed({ value, values }: Extract<Predicate, { kind: 'in' }>): readonly WireValue[] | undefined {
  const list = values.flatMap((item) => (item.kind === 'literal' && isPlain(item.type) ? [item.value] : []));
  return list.length === values.length && value.kind !== 'literal' ? list : undefined;
}

const same = (a: Expr, b: Expr): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The same parameter, null where its value is none of the list. */
function within(context: PlanContext, name: string, list: readonly WireValue[]): string | undefined {
  const parameter = context.parameters.find((each) => each.name === name);
  if (!parameter || parameter.list || parameter.within) return undefined;
  return addParameter(context, { ...parameter, within: list });
}
