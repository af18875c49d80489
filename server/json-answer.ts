import type { FormattedExecutionResult } from 'graphql';
import { PAGE_MARK } from '../federation/execute/printed-page.ts';
import type { ClientError } from './format-error.ts';

/** `data` whose JSON text is already there. Its text is dropped once it is in the answer, since the answer's own objects live on for a while. */
class JsonData {
  text: string;
  /** Parts of it as bytes; each stands in the text as a PAGE_MARK. */
  pages: readonly Buffer[];

  constructor(text: string, pages: readonly Buffer[]) {
    this.text = text;
    this.pages = pages;
  }
}

/** A result that is written without parsing or building `data`. */
export function jsonAnswer(
  data: string,
  errors: readonly ClientError[],
  extensions?: Readonly<Record<string, unknown>>,
  pages: readonly Buffer[] = [],
): FormattedExecutionResult {
  return {
    data: new JsonData(data, pages) as unknown as Record<string, unknown>,
    ...(errors.length > 0 ? { errors } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

/** The body of an answer. */
export function stringifyAnswer(result: FormattedExecutionResult): string {
  return printAnswer(result).toString();
}

/** The same, as bytes where parts of it are bytes already; `errors` first, as GraphQL recommends. */
export function printAnswer(result: FormattedExecutionResult): string | Buffer {
  const { data } = result as { readonly data?: unknown };
  if (!(data instanceof JsonData)) return `${JSON.stringify(result)}\n`;
  const { text, pages } = data;
  data.text = '';
  data.pages = [];
  const errors = result.errors && result.errors.length > 0 ? `"errors":${JSON.stringify(result.errors)},` : '';
  const extensions = result.extensions ? `,"extensions":${JSON.stringify(result.extensions)}` : '';
  if (pages.length === 0) return `{${errors}"data":${text}${extensions}}\n`;
  const [first = '', ...rest] = text.split(PAGE_MARK);
  if (rest.length !== pages.length) throw new Error('unreachable: every page is marked in the text');
  const parts = [Buffer.from(`{${errors}"data":${first}`), ...rest.flatMap((after, i) => [pages[i] as Buffer, Buffer.from(after)])];
  return Buffer.concat([...parts, Buffer.from(`${extensions}}\n`)]);
}
