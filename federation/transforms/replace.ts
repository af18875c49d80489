import type { Expr } from '../../connectors/spi/ir.ts';
import { mapText, MappingFault, type Value } from './value.ts';

/** Every occurrence of each `from` becomes its `to`, one pair after the other. */
export function replace(input: Value, pairs: readonly { readonly from: string; readonly to: string }[]): Value {
  if (pairs.some(({ from }) => from === '')) throw new MappingFault('`replace` looks for empty text', 'name the text that is to be replaced');
  return mapText(
    input,
    (text) => pairs.reduce((current, { from, to }) => (current.includes(from) ? current.replaceAll(from, () => to) : current), text),
    (value) => pairs.reduce<Expr>((current, { from, to }) => ({ kind: 'replace', value: current, from, to }), value),
  );
}
