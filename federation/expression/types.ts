import { parseDateByFormat, rfc3339ToZoned } from '../../schema/model/date.ts';

/** What an expression may read: canonical values by scalar, objects and lists of them. */
export type ExpressionType =
  /** `values`: all that an enum has, when text that is none of them shall be refused. */
  | { readonly kind: 'scalar'; readonly scalar: string; readonly values?: readonly string[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, ExpressionType>> }
  | { readonly kind: 'list'; readonly of: ExpressionType }
  | { readonly kind: 'null' };

export type ExpressionTypes = Readonly<Record<string, ExpressionType>>;

/** Scalars of one kind compare with one another; everything that is not listed is text. */
export type Kind = 'number' | 'boolean' | 'date' | 'month' | 'moment' | 'naive' | 'json' | 'text' | 'object' | 'list' | 'null';

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['Int', 'number'],
  ['Float', 'number'],
  ['Decimal', 'number'],
  ['BigInt', 'number'],
  ['Boolean', 'boolean'],
  ['Date', 'date'],
  ['YearMonth', 'month'],
  ['DateTime', 'moment'],
  ['NaiveDateTime', 'naive'], // columns without a zone; no field has this type
  ['JSON', 'json'],
  ['GeoJSON', 'json'],
]);

const NAMES: Readonly<Record<Kind, string>> = {
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  month: 'a month',
  moment: 'a time with its zone',
  naive: 'a time without a zone',
  json: 'JSON',
  text: 'text',
  object: 'an object',
  list: 'a list',
  null: 'null',
};

const FORMS: Partial<Readonly<Record<Kind, string>>> = {
  date: 'YYYY-MM-DD',
  month: 'YYYY-MM',
  moment: 'YYYY-MM-DDThh:mm:ss+hh:mm',
  naive: 'YYYY-MM-DD hh:mm:ss',
};

export const scalarType = (scalar: string): ExpressionType => ({ kind: 'scalar', scalar });
export const TEXT = scalarType('String');
export const BOOLEAN = scalarType('Boolean');
export const DECIMAL = scalarType('Decimal');
export const INT = scalarType('Int');
export const DATE = scalarType('Date');
export const DATE_TIME = scalarType('DateTime');
export const NULL: ExpressionType = { kind: 'null' };

export function kindOf(type: ExpressionType): Kind {
  return type.kind === 'scalar' ? (KINDS.get(type.scalar) ?? 'text') : type.kind;
}

export const isFloat = (type: ExpressionType): boolean => type.kind === 'scalar' && type.scalar === 'Float';

/** `a date`, for messages. */
export const nameOfKind = (kind: Kind): string => NAMES[kind];

/** How text must look to stand for a value of the kind; undefined when text never does. */
export const formOf = (kind: Kind): string | undefined => FORMS[kind];

/** Whether text written in an expression is a value of the kind: a real day, month or time. */
export function isWritten(text: string, kind: Kind): boolean {
  switch (kind) {
    case 'date':
      return parseDateByFormat(text, 'yyyy-MM-dd') === text;
    case 'month':
      return parseDateByFormat(text, 'yyyy-MM') === `${text}-01`;
    case 'moment':
      return text.charAt(10) === 'T' && /(?:Z|[+-]\d\d:\d\d)$/.test(text) && rfc3339ToZoned(text, 'UTC') !== null;
    case 'naive':
      return text.charAt(10) === ' ' && rfc3339ToZoned(`${text}Z`, 'UTC') !== null;
    default:
      return kind === 'text';
  }
}
