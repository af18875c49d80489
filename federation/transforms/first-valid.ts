import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import type { IssueSink } from '../supergraph/binding.ts';
import { anyOf, loosely } from './predicates.ts';
import { hubOnly, type Value } from './value.ts';

/** The first alternative that decodes; all have one type. An earlier one that cannot be read is reported only when no other decodes. */
export function firstValid(alternatives: readonly Value[]): Value {
  const [first] = alternatives;
  if (first === undefined) throw new TypeError('expected at least one alternative, got none');
  const held: Parameters<IssueSink>[] = [];
  const hold: IssueSink = (code, rawValue) => {
    held.push([code, rawValue]);
  };
  const value: Value = {
    type: first.type,
    ...(alternatives.every((alternative) => alternative.neverEmpty) ? { neverEmpty: true } : {}),
    ...(alternatives.every((alternative) => alternative.finished) ? { finished: true } : {}),
    rawText: (raw) => alternatives.map((alternative) => alternative.rawText(raw)).find((text) => text !== '') ?? '',
    decode: (raw, issues) => {
      held.length = 0;
      for (const alternative of alternatives) {
        const found = alternative.decode(raw, hold);
        if (found !== null) return found;
      }
      const [issue] = held;
      if (issue !== undefined) issues(...issue);
      return null;
    },
  };
  const opaque = alternatives.find((alternative) => alternative.expr === undefined);
  if (opaque !== undefined) return hubOnly(value, opaque.reason ?? 'an alternative cannot be computed by the database');
  const values = alternatives.flatMap((alternative) => alternative.expr ?? []);
  if (values.some((expr) => typeOfExpr(expr).kind !== first.type.kind)) return hubOnly(value, 'the alternatives are of different types');
  const expr = { kind: 'coalesce', values } as const;
  if (alternatives.some((alternative) => alternative.sargable === undefined)) return { ...value, expr };
  return { ...value, expr, sargable: (op, constant) => loosely(anyOf(alternatives.map((alternative) => alternative.sargable?.(op, constant)))) };
}
