import { suggestion } from '../../schema/parse/suggest.ts';
import { comparable, literalType, mismatch, named } from './check-rules.ts';
import { invalid, pathOf, type CompareOperator, type Expression } from './expression.ts';
import { FUNCTIONS, MAX_PLACES, type Parameter } from './functions.ts';
import {
  BOOLEAN,
  DECIMAL,
  formOf,
  isFloat,
  isWritten,
  kindOf,
  nameOfKind,
  NULL,
  scalarType,
  TEXT,
  type ExpressionType,
  type ExpressionTypes,
  type Kind,
} from './types.ts';

/** An expression whose every part has a type that fits. */
export interface CheckedExpression {
  readonly expression: Expression;
  readonly typeOf: (part: Expression) => ExpressionType;
}

/**
 * Gives every part of an expression its type. Text that is written where a date or time is due becomes one.
 * `result`: what the whole must be; numbers of different scalars are converted.
 * @throws {HubError} MAPPING_INVALID for an unknown name, or operands that do not fit
 */
export function checkExpression(expression: Expression, names: ExpressionTypes, result?: ExpressionType): CheckedExpression {
  const types = new Map<Expression, ExpressionType>();
  const checker = createChecker(types);
  checker.infer(expression, names);
  if (result && kindOf(result) !== 'json' && !checker.adapt(expression, result)) {
    throw invalid(`the expression gives ${nameOfKind(kindOf(types.get(expression) ?? NULL))}, but ${nameOfKind(kindOf(result))} is wanted`);
  }
  return { expression, typeOf: (part) => types.get(part) ?? NULL };
}

interface Checker {
  infer(e: Expression, names: ExpressionTypes): ExpressionType;
  adapt(e: Expression, wanted: ExpressionType): boolean;
}

function createChecker(types: Map<Expression, ExpressionType>): Checker {
  function infer(e: Expression, names: ExpressionTypes): ExpressionType {
    const type = decide(e, names);
    types.set(e, type);
    return type;
  }

  const typeOf = (e: Expression): ExpressionType => types.get(e) ?? NULL;
  const kind = (e: Expression): Kind => kindOf(typeOf(e));

  function decide(e: Expression, names: ExpressionTypes): ExpressionType {
    switch (e.op) {
      case 'literal':
        return literalType(e);
      case 'name':
        return named(e.name, names);
      case 'member':
        return member(e, names);
      case 'index': {
        const list = infer(e.of, names);
        if (list.kind !== 'list' || kindOf(infer(e.index, names)) !== 'number') throw invalid('[ ] takes a place of a list: list[0]');
        return list.of;
      }
      case 'list': {
        for (const item of e.items) infer(item, names);
        return { kind: 'list', of: agree(e.items, 'a list holds values of one kind') };
      }
      case 'not':
        expect(e.of, names, 'boolean', '!');
        return BOOLEAN;
      case 'negate':
        expect(e.of, names, 'number', '-');
        return DECIMAL;
      case 'and':
      case 'or':
        expect(e.left, names, 'boolean', e.op === 'and' ? '&&' : '||');
        expect(e.right, names, 'boolean', e.op === 'and' ? '&&' : '||');
        return BOOLEAN;
      case 'choose':
        expect(e.if, names, 'boolean', '? :');
        infer(e.then, names);
        infer(e.else, names);
        return agree([e.then, e.else], 'both values of ? : have one kind');
      case 'each': {
        const list = infer(e.of, names);
        if (list.kind !== 'list') throw invalid(`${e.macro} goes over a list, not ${nameOfKind(kindOf(list))}`);
        const inner = { ...names, [e.variable]: list.of };
        if (e.macro === 'map') return { kind: 'list', of: infer(e.body, inner) };
        expect(e.body, inner, 'boolean', e.macro);
        return e.macro === 'filter' ? list : BOOLEAN;
      }
      case 'call':
        return call(e.name, e.args, names);
      case '+':
      case '-':
      case '*':
      case '/':
        return calculation(e.op, e.left, e.right, names);
      case 'in': {
        const value = infer(e.left, names);
        const list = infer(e.right, names);
        if (list.kind !== 'list') throw invalid(`in takes a list, not ${nameOfKind(kindOf(list))}`);
        comparable([kindOf(value), kindOf(list.of)], 'in');
        const items = e.right.op === 'list' ? e.right.items : [];
        agree([e.left, ...items], 'in compares values of one kind');
        if (items.length === 0 && kindOf(list.of) !== 'null' && !adapt(e.left, list.of)) throw mismatch('in compares values of one kind', value, list.of);
        return BOOLEAN;
      }
      default:
        return comparison(e.op, e.left, e.right, names);
    }
  }

  function member(e: Extract<Expression, { op: 'member' }>, names: ExpressionTypes): ExpressionType {
    const path = pathOf(e);
    const root = path?.split('.', 1)[0] ?? '';
    if (path !== undefined && !Object.hasOwn(names, root)) return named(path, names);
    const of = infer(e.of, names);
    if (of.kind !== 'object') throw invalid(`.${e.name} is read of ${nameOfKind(kindOf(of))}, which has no fields`);
    const type = Object.hasOwn(of.fields, e.name) ? of.fields[e.name] : undefined;
    if (!type) throw invalid(`there is no field "${e.name}"; ${suggestion(e.name, Object.keys(of.fields))}`);
    return type;
  }

  function expect(e: Expression, names: ExpressionTypes, wanted: Kind, what: string): void {
    const found = kindOf(infer(e, names));
    if (found !== wanted && found !== 'null') throw invalid(`${what} takes ${nameOfKind(wanted)}, not ${nameOfKind(found)}`);
  }

  function calculation(op: '+' | '-' | '*' | '/', left: Expression, right: Expression, names: ExpressionTypes): ExpressionType {
    const kinds = [infer(left, names), infer(right, names)].map(kindOf).filter((k) => k !== 'null');
    if (op === '+' && kinds.length > 0 && kinds.every((k) => k === 'text')) return TEXT;
    if (kinds.every((k) => k === 'number')) return DECIMAL;
    const found = kinds.map(nameOfKind).join(' and ');
    if (kinds.every((k) => k === 'date' || k === 'moment' || k === 'naive'))
      throw invalid(`${op} takes numbers, not ${found}; days(a, b) counts the days between two dates`);
    throw invalid(op === '+' ? `+ takes two numbers or two texts, not ${found}; string(x) makes text of a value` : `${op} takes two numbers, not ${found}`);
  }

  function comparison(op: CompareOperator, left: Expression, right: Expression, names: ExpressionTypes): ExpressionType {
    const kinds = [infer(left, names), infer(right, names)].map(kindOf);
    const equality = op === '==' || op === '!=';
    if (equality && kinds.includes('null')) return BOOLEAN;
    comparable(kinds, op);
    if (!equality && kinds.includes('boolean')) throw invalid(`${op} has no meaning for true and false; use == or !=`);
    agree([left, right], `${op} compares values of one kind`);
    return BOOLEAN;
  }

  function call(name: string, args: readonly Expression[], names: ExpressionTypes): ExpressionType {
    const definition = FUNCTIONS.get(name);
    if (!definition) throw invalid(`there is no function "${name}"`);
    for (const arg of args) infer(arg, names);
    definition.parameters.forEach((parameter, i) => {
      const arg = args[i];
      if (arg) argument(name, parameter, arg);
    });
    return definition.result;
  }

  function argument(name: string, parameter: Parameter, arg: Expression): void {
    if (parameter === 'places') {
      const places = arg.op === 'literal' && arg.numeric ? Number(arg.value) : Number.NaN;
      if (!(Number.isInteger(places) && places <= MAX_PLACES)) throw invalid(`${name} takes the number of places, written from 0 to ${MAX_PLACES}`);
      return;
    }
    const type = typeOf(arg);
    if (parameter === 'numbers') {
      const of = type.kind === 'list' ? kindOf(type.of) : kindOf(type);
      if (type.kind !== 'list' || (of !== 'number' && of !== 'null'))
        throw invalid(`${name} takes a list of numbers${type.kind === 'list' ? '' : `, not ${nameOfKind(of)}`}`);
      return;
    }
    const first = parameter[0];
    if (parameter.includes(kindOf(type)) || kindOf(type) === 'null') return;
    if (first === 'date' && adapt(arg, scalarType('Date'))) return;
    throw invalid(`${name} takes ${parameter.map(nameOfKind).join(' or ')}, not ${nameOfKind(kindOf(type))}`);
  }

  /** The one type of several values; text written among dates becomes one of them. */
  function agree(items: readonly Expression[], rule: string): ExpressionType {
    const known = items.filter((item) => kind(item) !== 'null');
    const leader = known.find((item) => kind(item) !== 'text') ?? known.find((item) => (typeOf(item) as { values?: unknown }).values) ?? known[0];
    if (!leader) return NULL;
    const wanted = typeOf(leader);
    for (const item of known) {
      if (!adapt(item, wanted)) throw mismatch(rule, wanted, typeOf(item));
    }
    if (kindOf(wanted) !== 'number') return wanted;
    const scalars = new Set(known.map((item) => (typeOf(item) as { scalar: string }).scalar));
    return scalars.size === 1 ? wanted : scalarType(scalars.has('Float') ? 'Float' : 'Decimal');
  }

  /** Takes written text as the kind that is wanted. False when the value can never be of that kind. */
  function adapt(e: Expression, wanted: ExpressionType): boolean {
    const [found, target] = [kind(e), kindOf(wanted)];
    if (found === 'null') return true;
    if (e.op === 'literal' && typeof e.value === 'string' && !e.numeric && wanted.kind === 'scalar') {
      if (formOf(target) === undefined && target !== 'text') return false;
      if (!isWritten(e.value, target)) throw invalid(`"${e.value}" is not ${nameOfKind(target)}; write it as ${formOf(target) ?? 'text'}`);
      if (wanted.values && !wanted.values.includes(e.value)) throw invalid(`"${e.value}" is not one of the values; ${suggestion(e.value, wanted.values)}`);
      types.set(e, wanted);
      return true;
    }
    if (e.op === 'choose' && (found === 'text' || found === target)) {
      if (!adapt(e.then, wanted) || !adapt(e.else, wanted)) return false;
      if (found === 'text') types.set(e, wanted);
      return true;
    }
    return found === target;
  }

  return { infer, adapt };
}

/** Numbers of the two compare as floats. */
export const asFloats = (a: ExpressionType, b: ExpressionType): boolean => isFloat(a) || isFloat(b);
