import { isDeepStrictEqual } from 'node:util';
import type { CompareOp, Expr, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { isMoment } from '../../schema/model/physical-type.ts';
import type { FieldBinding } from '../supergraph/binding.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { bareKey } from './bare-key.ts';
import { concrete, isBeyond64, isVariableRef, parameter, type PlanContext } from './plan-context.ts';
import type { FieldRef } from './output.ts';
import { always, COMPLEMENT } from './predicates.ts';

/** An input object as the document gives it: its variables are references. */
export type Input = Readonly<Record<string, unknown>>;

const TEXT_OPS = ['contains', 'startsWith', 'endsWith', 'iContains'] as const;

interface Operand {
  readonly path: string;
  readonly expr: Expr;
  readonly scalar: string;
  /** How its own source binds it; absent for what is derived. */
  readonly bound?: FieldBinding;
  readonly ref?: FieldRef;
  /** What it is compared with must be known while planning. */
  readonly decided?: true;
}

/** All operators on one value must hold. */
export function operators(context: PlanContext, operand: Operand, ops: Input, negated: boolean): Predicate[] {
  return Object.entries(ops).flatMap(([op, raw]): Predicate[] => {
    if (raw === undefined) return [];
    if (raw === null) throw badInput(`${operand.path}: ${op} is null; ${op === 'isNull' ? 'it takes true or false' : 'use isNull to ask for absent values'}`);
    switch (op) {
      case 'isNull': {
        const absent = concrete(context, raw) === true;
        return [{ kind: 'isNull', value: operand.expr, negated: absent === negated }];
      }
      case 'in':
      case 'notIn': {
        const values = asList(raw);
        if (values.length > context.supergraph.limits.inMax)
          throw new HubError('LIMIT_PAGE', `${operand.path}: ${op} has ${values.length} values; at most ${context.supergraph.limits.inMax} are allowed`);
        return [
          membership(
            context,
            operand,
            values.map((v) => concrete(context, v)),
            (op === 'notIn') !== negated,
          ),
        ];
      }
      case 'between': {
        const [low, high] = asList(raw);
        if (low === undefined || high === undefined || asList(raw).length !== 2) throw badInput(`${operand.path}: between takes two values`);
        const bounds = [compare(context, operand, 'gte', low, negated), compare(context, operand, 'lte', high, negated)];
        return [{ kind: negated ? 'or' : 'and', predicates: bounds }];
      }
      case 'eq':
      case 'ne':
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        return [compare(context, operand, op, raw, negated)];
      default:
        if (!(TEXT_OPS as readonly string[]).includes(op)) throw badInput(`${operand.path}: unknown operator ${op}`);
        return [{ kind: 'text', op: op as (typeof TEXT_OPS)[number], value: operand.expr, pattern: value(context, operand, raw), negated }];
    }
  });
}

function compare(context: PlanContext, operand: Operand, asked: CompareOp, raw: unknown, negated: boolean): Predicate {
  const op = negated ? COMPLEMENT[asked] : asked;
  const decided = beyondStored(context, operand, op, raw);
  if (decided) return decided;
  const { bound, ref } = operand;
  // Found by an index whatever the value is; empty text, which no row has, is bound as null and finds none.
  const bare = op === 'eq' && isVariableRef(raw) && ref && bound?.sargable && bound.expr ? bareKey(bound.expr) : undefined;
  if (bare && ref) {
    const type = typeOfExpr(bare);
    const name = parameter(context, raw, { kind: 'value', field: ref, type }, false);
    return { kind: 'compare', op, left: bare, right: { kind: 'variable', name, type } };
  }
  const exact: Predicate = { kind: 'compare', op, left: operand.expr, right: value(context, operand, raw) };
  if (!bound?.sargable) return exact;
  const stored = storedMoment(operand.expr);
  // One plan for all values: an index finds the rows, and a cell that is no date meets nothing.
  if (isVariableRef(raw) && stored) {
    const found: Predicate = { ...exact, left: stored };
    return op === 'eq' ? found : { kind: 'and', predicates: [found, { kind: 'isNull', value: operand.expr, negated: true }] };
  }
  // A bare column is already what an index serves; anything else needs the value to find its raw form.
  if (bound.expr?.kind === 'column') return exact;
  const sargable = bound.sargable(op, [concrete(context, raw)]);
  if (!sargable) return exact;
  return sargable.exact ? sargable.predicate : { kind: 'and', predicates: [sargable.predicate, exact] };
}

/** What is asked of a number that is larger than all that a column can hold. */
function beyondStored({ document }: PlanContext, { expr, scalar }: Operand, op: CompareOp, raw: unknown): Predicate | undefined {
  if (scalar !== 'BigInt' || typeOfExpr(expr).kind !== 'integer') return undefined;
  if (!isBeyond64(isVariableRef(raw) ? document.variables[raw.variable] : raw)) return undefined;
  return op === 'lt' || op === 'lte' || op === 'ne' ? { kind: 'isNull', value: expr, negated: true } : always(false);
}

/** The column of a native date or timestamp, which stands in a cast to its own type. */
function storedMoment(expr: Expr): Expr | undefined {
  if (expr.kind !== 'cast' || expr.value.kind !== 'column' || !isMoment(expr.type)) return undefined;
  return isDeepStrictEqual(expr.value.type, expr.type) ? expr.value : undefined;
}

function membership(context: PlanContext, operand: Operand, values: readonly Canonical[], negated: boolean): Predicate {
  const type = typeOfExpr(operand.expr);
  const exact: Predicate = {
    kind: 'in',
    value: operand.expr,
    values: values.map((v) => ({ kind: 'literal', value: encode(context, operand, v), type })),
    negated,
  };
  const sargable = negated ? undefined : operand.bound?.sargable?.('in', values);
  if (!sargable || operand.bound?.expr?.kind === 'column') return exact;
  return sargable.exact ? sargable.predicate : { kind: 'and', predicates: [sargable.predicate, exact] };
}

function value(context: PlanContext, operand: Operand, raw: unknown): Expr {
  const type = typeOfExpr(operand.expr);
  if (isVariableRef(raw) && operand.ref) {
    const name = parameter(context, raw, { kind: 'value', field: operand.ref, type, blank: true }, false);
    return { kind: 'variable', name, type };
  }
  if (isVariableRef(raw) && !operand.bound && !operand.decided)
    return { kind: 'variable', name: parameter(context, raw, { kind: 'scalar', scalar: operand.scalar }, false), type };
  return { kind: 'literal', value: encode(context, operand, concrete(context, raw)), type };
}

const encode = (context: PlanContext, operand: Operand, canonical: Canonical) =>
  operand.bound ? operand.bound.encode(canonical) : encodeWire(operand.scalar, canonical, context.supergraph.timeZone);

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
export const badInput = (message: string): HubError => new HubError('BAD_USER_INPUT', message);
