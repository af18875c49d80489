/** One piece: class, escape, group opening, quantifier, or a literal that is no metacharacter. */
const PIECE = /\[\^?(?:\\[\\\][^\-.*+?(){}|$/d]|[^\\\][])+\]|\\[\\^$.*+?()[\]{}|/d]|\((?:\?:)?|\)|\{\d+(?:,\d*)?\}|[?*+|]|[^\\^$.*+?()[\]{}|]/uy;

/** What of a regular expression every engine understands alike. */
export const PATTERN_REMEDY = 'use literals, [classes], \\d, (groups), (?:groups), |, ? * + {n} {n,m}; the whole text is matched, without ^ and $';

/** Whether a pattern is portable (see `Pattern` of the relational IR), and how many groups it has; `fault` completes "the pattern …". */
export function inspectPattern(pattern: string): { readonly groups: number; readonly fault?: string } {
  let previous = '';
  for (let at = 0; at < pattern.length;) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(pattern)?.[0];
    if (piece === undefined) return { groups: 0, fault: `uses "${pattern.slice(at, at + 3)}", which not every database understands` };
    if (/^[?*+{]/.test(piece) && /^(?:$|\||\(|[?*+{])/.test(previous)) return { groups: 0, fault: repetitionFault(previous, piece) };
    previous = piece;
    at += piece.length;
  }
  try {
    const match = new RegExp(`${pattern}|`, 'u').exec('');
    return { groups: (match?.length ?? 1) - 1 };
  } catch {
    return { groups: 0, fault: 'is malformed: a bracket or group is not closed, or a repetition stands alone' };
  }
}

/** A repetition that repeats nothing: after another it would be lazy or possessive, after `(` the start of a look-around. */
function repetitionFault(previous: string, piece: string): string {
  if (/^[?*+{]/.test(previous)) return `uses "${previous}${piece}" (lazy or possessive repetition)`;
  return previous === '(' && piece === '?' ? 'uses "(?" (look-around or a named group)' : `has a "${piece}" that repeats nothing`;
}
