/** JSON text as the server prints it once it has been stored as `jsonb`: what a `json` column's text becomes in a query, but not in the log. */
export function jsonbText(text: string): string {
  return print(JSON.parse(text, revive));
}

class Spelled {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

function revive(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === 'number') return new Spelled(numeric(context?.source ?? String(value)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return new Map(Object.entries(value));
}

function print(value: unknown): string {
  if (value instanceof Spelled) return value.digits;
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  const entries = [...(value as Map<string, unknown>)].map(([key, item]) => ({ bytes: Buffer.from(key), key, item }));
  entries.sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return `{${entries.map(({ key, item }) => `${JSON.stringify(key)}: ${print(item)}`).join(', ')}}`;
}

/** Without exponent; every digit that was written stays. */
function numeric(spelled: string): string {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(spelled) ?? [];
  const shift = Number(exponent);
  const point = whole.length + shift;
  const digits = (whole + fraction).padEnd(point, '0').padStart(whole.length + fraction.length + Math.max(0, -point), '0');
  const at = Math.max(0, point);
  const integer = digits.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const rest = digits.slice(at);
  const plain = rest === '' ? integer : `${integer}.${rest}`;
  return sign !== '' && /[1-9]/.test(plain) ? `-${plain}` : plain;
}
