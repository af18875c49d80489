import knexModule, { type Knex } from 'knex';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { Bindings } from '../spi/ir.ts';

/**
 * A piece of SQL with a `?` for each of its parameters. Made only by the functions of a `SqlBuilder`; never from a value or a name by concatenation.
 * Flat, so that deeply nested expressions cost what they are long; knex gets the whole once, in `render`.
 */
export interface Fragment {
  readonly client: Client;
  readonly text: string;
  readonly slots: readonly Slot[];
}

type Client = 'pg' | 'mysql2' | 'better-sqlite3';

/** What a run brings: the caller's bindings and the row cap of the call. */
export interface RunContext {
  readonly bindings: Bindings;
  readonly maxRows: number;
}

/** A parameter of a statement: gives the driver's value for one run. Stands in the fragment's bindings until then. */
export interface Slot {
  readonly bind: (context: RunContext) => unknown;
  /** Asserts the parameter's SQL type where the engine needs one (`::bigint`); the dialect adds it. */
  readonly slot: true;
  /** What it holds, for people: `text`, `integer[]`. */
  readonly type: string;
}

export interface SqlBuilder {
  /** Template of SQL: fragments nest, arrays of fragments are joined by commas, slots become parameters. */
  (strings: TemplateStringsArray, ...parts: readonly (Fragment | Slot | readonly Fragment[])[]): Fragment;
  /** A quoted identifier: one name, whatever characters it has. @throws when it is empty or holds a null byte */
  name(name: string): Fragment;
  /** `a.b` of two names, or of an alias and a name. */
  path(...names: readonly string[]): Fragment;
  /** A safe integer, in the text of the statement. */
  integer(value: number): Fragment;
  join(parts: readonly Fragment[], separator: ', ' | ' and ' | ' or ' | ' + ' | ' || ' | ' union all ' | ' '): Fragment;
}

/** A parameter with a constant value. */
export function constantSlot(value: unknown, type = 'text'): Slot {
  return { slot: true, bind: () => value, type };
}

export function slot(type: string, bind: (context: RunContext) => unknown): Slot {
  return { slot: true, bind, type };
}

/** A parameter with a list of values. What is written of a list is remembered for as long as that very list is in use: a plan keeps those of its own. */
export function listSlot(type: string, list: (context: RunContext) => readonly WireValue[], write: (present: readonly (WireValue & {})[]) => unknown): Slot {
  const written = new WeakMap<readonly WireValue[], unknown>();
  const bind = (context: RunContext): unknown => {
    const values = list(context);
    const known = written.get(values);
    if (known !== undefined) return known;
    const made = write(values.filter((value) => value !== null));
    written.set(values, made);
    return made;
  };
  return { slot: true, bind, type };
}

/**
 * The template of one engine.
 * Names are quoted here and not by knex's `??`, which splits them at dots and ` as ` and reads `[1]` as an array index.
 */
export function createSqlBuilder(client: Client, quote: '"' | '`'): SqlBuilder {
  const fragment = (text: string, slots: readonly Slot[]): Fragment => ({ client, text, slots });
  const join = (parts: readonly Fragment[], separator: string): Fragment =>
    fragment(
      parts.map(({ text }) => text).join(separator),
      parts.flatMap(({ slots }) => slots),
    );
  const quoted = (name: string): string => {
    if (name === '' || name.includes('\0')) throw new Error('an identifier is empty or holds a null byte');
    return (quote + name.replaceAll(quote, quote + quote) + quote).replaceAll('?', '\\?');
  };
  const template = (strings: TemplateStringsArray, ...parts: readonly (Fragment | Slot | readonly Fragment[])[]): Fragment => {
    let text = '';
    const slots: Slot[] = [];
    strings.forEach((piece, i) => {
      text += piece.replaceAll('?', '\\?');
      const part = parts[i];
      if (part === undefined) return;
      if ('slot' in part) {
        // Two parameters side by side would read as knex's `??`.
        text += text.endsWith('?') ? ' ?' : '?';
        slots.push(part);
        return;
      }
      const nested = 'text' in part ? part : join(part, ', ');
      text += text.endsWith('?') && nested.text.startsWith('?') ? ` ${nested.text}` : nested.text;
      for (const slot of nested.slots) slots.push(slot);
    });
    return fragment(text, slots);
  };
  // A function's own `name` cannot be assigned, only defined.
  Object.defineProperty(template, 'name', { value: (name: string) => fragment(quoted(name), []) });
  return Object.assign(template as typeof template & Pick<SqlBuilder, 'name'>, {
    path: (...names: readonly string[]) => fragment(names.map(quoted).join('.'), []),
    integer: (value: number) => {
      if (!Number.isSafeInteger(value)) throw new Error('not a safe integer');
      return fragment(String(value), []);
    },
    join,
  });
}

/** A finished statement: its text between the parameters (`texts.length` = `slots.length + 1`). */
export interface Rendered {
  readonly texts: readonly string[];
  readonly slots: readonly Slot[];
}

const builders = new Map<Client, Knex>();

/** Knex as builder only: no connection is ever opened by it. */
function builderOf(client: Client): Knex {
  const builder = builders.get(client) ?? knexModule.knex({ client, useNullAsDefault: true });
  builders.set(client, builder);
  return builder;
}

/** Splits a fragment at its parameters, so that no later step mistakes a `?` in a name for one. */
export function render(fragment: Fragment): Rendered {
  const { sql, bindings } = builderOf(fragment.client)
    .raw(fragment.text === '' ? ' ' : fragment.text, fragment.slots as unknown as Knex.RawBinding[])
    .toSQL();
  const texts: string[] = [''];
  for (const token of sql.match(/\\\?|\?|[^\\?]+|\\/g) ?? []) {
    if (token === '?') texts.push('');
    else texts[texts.length - 1] += token === '\\?' ? '?' : token;
  }
  const slots = bindings as unknown as readonly Slot[];
  if (slots.length !== texts.length - 1 || slots.some((s) => s.slot !== true)) throw new Error('a statement’s parameters do not fit its text');
  return { texts, slots };
}

/** The statement as a driver with positional parameters takes it. */
export function statementText({ texts }: Rendered, parameter: (index: number) => string): string {
  return texts.map((text, index) => (index === 0 ? text : parameter(index - 1) + text)).join('');
}

/** The statement for people: parameters as `$1: text` (with a name of their own) or `text`, never their values. A cast that says the same goes. */
export function shownStatement(rendered: Rendered, parameter: (index: number) => string): string {
  const { texts, slots } = rendered;
  return texts
    .map((text, index) => {
      if (index === 0) return text;
      const cast = /^::(\w+(?:\[\])?)/.exec(text);
      return `${parameter(index - 1)}: ${cast?.[1] ?? slots[index - 1]?.type ?? 'text'}${text.slice(cast?.[0].length ?? 0)}`;
    })
    .join('');
}
