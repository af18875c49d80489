/** One piece: class, escape, group opening, quantifier, or a literal that is no metacharacter. */
const PIECE = /\[\^?(?:\\[\\\][^\-.*+?(){}|$/d]|[^\\\][])+\]|\\[\\^$.*+?()[\]{}|/d]|\((?:\?:)?|\)|\{\d+(?:,\d*)?\}|[?*+|]|[^\\^$.*+?()[\]{}|]/uy;

/** What of a regular expression every engine understands alike. */
export const PATTERN_REMEDY = 'use literals, [classes], \\d, (groups), (?:groups), |, ? * + {n} {n,m}; the whole text is matched, without ^ and $';

/** Whether a pattern is portable (see `Pattern` of the relational IR), and how many groups it has; `fault` completes "the pattern …". */
export function inspectPattern(pattern: string): { readonly groups: number; readonly fault?: string } {
  let previous = '';
  const groups = createGroupWatch();
  for (let at = 0; at < pattern.length;) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(pattern)?.[0];
    if (piece === undefined) return { groups: 0, fault: `uses "${pattern.slice(at, at + 3)}", which not every database understands` };
    if (/^[?*+{]/.test(piece) && /^(?:$|\||\(|[?*+{])/.test(previous)) return { groups: 0, fault: repetitionFault(previous, piece) };
    const slow = groups.see(piece);
    if (slow !== undefined) return { groups: 0, fault: slow };
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

/** So many open-ended repetitions at most: each one more is tried at every place of a text. */
const OPEN_ENDED_MAX = 6;
/** A group with several ways to match may be repeated so often. */
const CHOICES_MAX = 10;

interface Group {
  /** It holds a repetition whose length is open. */
  variable: boolean;
  /** A group within it has alternatives that may begin alike. */
  choice: boolean;
  /** First characters of its alternatives; undefined for what is no literal. */
  readonly starts: (string | undefined)[];
}

/**
 * Refuses what takes exponential time on a text that does not match: a repeated group that can match the same text in several ways. Narrower than need be,
 * as a pattern runs on whatever a database or a client holds.
 */
function createGroupWatch(): { see(piece: string): string | undefined } {
  const open: Group[] = [{ variable: false, choice: false, starts: [] }];
  let closed: Group | undefined;
  let atStart = true;
  let openEnded = 0;
  const current = (): Group => open.at(-1) ?? { variable: false, choice: false, starts: [] };

  function repetition(piece: string): string | undefined {
    const most = mostTimes(piece);
    if (closed && most > 1) {
      if (closed.variable || (hasChoice(closed) && most > CHOICES_MAX)) return `repeats a group that can match a text in several ways ("${piece}" after ")")`;
    }
    if (most !== Number(/^\{(\d+)\}$/.exec(piece)?.[1] ?? -1)) current().variable = true;
    if (most === Infinity && ++openEnded > OPEN_ENDED_MAX) return `has more than ${OPEN_ENDED_MAX} repetitions without an end`;
    return undefined;
  }

  return {
    see(piece) {
      if (piece === ')') {
        const group = open.length > 1 ? open.pop() : undefined;
        if (group?.variable) current().variable = true;
        if (group && hasChoice(group)) current().choice = true;
        closed = group;
        atStart = false;
        return undefined;
      }
      if (/^[?*+{]/.test(piece)) return repetition(piece);
      closed = undefined;
      if (piece === '|') {
        atStart = true;
        return undefined;
      }
      if (atStart) current().starts.push(piece.length === 1 ? piece : undefined);
      atStart = false;
      if (piece === '(' || piece === '(?:') {
        open.push({ variable: false, choice: false, starts: [] });
        atStart = true;
      }
      return undefined;
    },
  };
}

function hasChoice({ choice, starts }: Group): boolean {
  const isClear = starts.length < 2 || starts.every((start, i) => start !== undefined && starts.indexOf(start) === i);
  return choice || !isClear;
}

function mostTimes(piece: string): number {
  if (piece === '?') return 1;
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(piece) ?? [];
  if (least === undefined) return Infinity;
  if (comma === '') return Number(least);
  return most === '' || most === undefined ? Infinity : Number(most);
}
