import type { EntityCondition } from '../../federation/execute/entity-reader.ts';
import type { Supergraph } from '../../federation/plan/supergraph.ts';
import type { TypeBinding } from '../../federation/supergraph/binding.ts';
import { operatorTest } from '../../federation/values/measure-test.ts';
import type { ChangeRow } from '../../schema/model/change.ts';
import type { UnifiedField, UnifiedModel } from '../../schema/model/unified.ts';

/** A filter taken apart: what one source row's own values decide, and what only the sources can say, as things are now. */
export interface ImageFilter {
  readonly conditions: readonly EntityCondition[];
  /** @param met which conditions the entity meets; `unknown` stands for each where nobody can say any more */
  readonly test: (image: ChangeRow, met: readonly boolean[] | undefined, unknown: boolean) => boolean;
}

type Test = ImageFilter['test'];
type Input = Readonly<Record<string, unknown>>;

/**
 * Compiles a `where` input with concrete values. As in a query, a comparison with null is neither true nor false, and `not` goes to the leaves: what is left
 * out by a filter is left out by its opposite too where a value is null.
 */
export function compileImageFilter({ model }: Supergraph, binding: TypeBinding, where: unknown): ImageFilter {
  const conditions: EntityCondition[] = [];
  const compiler: Compiler = {
    model,
    binding,
    condition(input, negated) {
      const index = conditions.push({ where: input, negated }) - 1;
      return (_image, met, unknown) => met?.[index] ?? unknown;
    },
  };
  return { conditions, test: all(compileWhere(compiler, where, false), false) };
}

interface Compiler {
  readonly model: UnifiedModel;
  readonly binding: TypeBinding;
  /** What no image decides. */
  readonly condition: (where: Input, negated: boolean) => Test;
}

function compileWhere(compiler: Compiler, where: unknown, negated: boolean): Test[] {
  return Object.entries((where ?? {}) as Input).flatMap(([name, value]): Test[] => {
    if (value === undefined) return [];
    if (name === 'and' || name === 'or') {
      const parts = asList(value).map((part) => all(compileWhere(compiler, part, negated), negated));
      return [all(parts, (name === 'and') === negated)];
    }
    if (name === 'not') return [all(compileWhere(compiler, value, !negated), !negated)];
    const field = compiler.model.types.get(compiler.binding.type)?.fields.get(name);
    return field ? compileField(compiler, field, value as Input, negated) : [compiler.condition({ [name]: value }, negated)];
  });
}

function compileField(compiler: Compiler, field: UnifiedField, value: Input, negated: boolean): Test[] {
  if (field.kind === 'leaf' && isOwn(compiler, field, field.name)) return [leafTest(field.name, field.type.name, value, negated)];
  if (field.kind !== 'value') return [compiler.condition({ [field.name]: value }, negated)];
  const parts = Object.entries(value).map(([name, ops]): Test => {
    const leaf = compiler.model.types.get(field.type)?.fields.get(name);
    const path = `${field.name}.${name}`;
    if (leaf?.kind === 'leaf' && isOwn(compiler, leaf, path)) return leafTest(path, leaf.type.name, ops as Input, negated);
    return compiler.condition({ [field.name]: { [name]: ops } }, negated);
  });
  return parts.length === 0 ? [] : [all(parts, negated)];
}

/** The source row itself has the value. */
function isOwn({ binding }: Compiler, leaf: Extract<UnifiedField, { kind: 'leaf' }>, path: string): boolean {
  return leaf.derivation === undefined && binding.fields.has(path);
}

function leafTest(path: string, scalar: string, ops: Input, negated: boolean): Test {
  const tests = Object.entries(ops).flatMap(([op, operand]) => (operand === undefined ? [] : [operatorTest(scalar, op, operand)]));
  return all(
    tests.map(
      (test): Test =>
        (image) =>
          test(image[path] ?? null) === !negated,
    ),
    negated,
  );
}

/** All tests hold, or with `some` at least one; no test at all holds, and its opposite does not. */
function all(tests: readonly Test[], some: boolean): Test {
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return some ? (...args) => tests.some((test) => test(...args)) : (...args) => tests.every((test) => test(...args));
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
