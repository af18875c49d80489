import type { FormattedExecutionResult } from 'graphql';
import type { ClientError } from './format-error.ts';

/** `data` whose JSON text is already there. Its text is dropped once it is in the answer, since the answer's own objects live on for a while. */
class JsonData {
  text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A result that `stringifyAnswer` writes without parsing or building `data`. */
export function jsonAnswer(data: string, errors: readonly ClientError[], extensions?: Readonly<Record<string, unknown>>): FormattedExecutionResult {
  return {
    data: new JsonData(data) as unknown as Record<string, unknown>,
    ...(errors.length > 0 ? { errors } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

/** The body of an answer; `errors` first, as GraphQL recommends. */
export function stringifyAnswer(result: FormattedExecutionResult): string {
  const { data } = result as { readonly data?: unknown };
  if (!(data instanceof JsonData)) return `${JSON.stringify(result)}\n`;
  const errors = result.errors && result.errors.length > 0 ? `"errors":${JSON.stringify(result.errors)},` : '';
  const extensions = result.extensions ? `,"extensions":${JSON.stringify(result.extensions)}` : '';
  const body = `{${errors}"data":${data.text}${extensions}}\n`;
  data.text = '';
  return body;
}
