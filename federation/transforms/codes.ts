import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { compareWire } from './compare-wire.ts';
import { lookupValue } from './lookup-values.ts';
import { MappingFault, type Value } from './value.ts';

const OTHERWISE = '*';

/** How a code list's targets become values of the field: undefined when a target is none. */
export interface CodeTarget {
  readonly type: PhysicalType;
  readonly read: (target: string) => NonNullable<WireValue> | undefined;
  /** What there is to choose from, for the remedy. */
  readonly remedy: (target: string) => string;
}

/** A code list; `*` stands for every other code, without it an unknown one is null and UNKNOWN_CODE. */
export function codes(input: Value, list: Readonly<Record<string, string>>, target: CodeTarget): Value {
  const read = (text: string): NonNullable<WireValue> => {
    const value = target.read(text);
    if (value === undefined) throw new MappingFault(`code target "${text}" is no value of the field`, target.remedy(text));
    return value;
  };
  const entries = new Map(
    Object.entries(list)
      .filter(([code]) => code !== OTHERWISE)
      .map(([code, text]) => [code, read(text)]),
  );
  const otherwise = list[OTHERWISE];
  const { type } = target;
  return {
    ...lookupValue(input, {
      entries,
      type,
      code: 'UNKNOWN_CODE',
      holds: (op, meaning, constant) => compareWire(op, meaning, constant, type),
      ...(otherwise === undefined ? {} : { otherwise: read(otherwise) }),
    }),
    finished: true,
  };
}
