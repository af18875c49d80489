/** Writes SDL as text; `parse` and `print` give it its final form. */
export interface FieldOptions {
  readonly args?: readonly string[];
  readonly description?: string | undefined;
  readonly deprecated?: string | undefined;
}

/** One field, argument or input field: `amount(unit: MoneyUnit = YUAN): Decimal`. */
export function field(name: string, type: string, { args = [], description, deprecated }: FieldOptions = {}): string {
  return `${describe(description)}${name}${args.length === 0 ? '' : `(${args.join(' ')})`}: ${type}${deprecate(deprecated)}`;
}

/** A definition, or nothing when it would have no fields. */
export function block(head: string, fields: readonly string[], description?: string): string {
  return fields.length === 0 ? '' : `${describe(description)}${head} {\n${fields.join('\n')}\n}\n`;
}

export function describe(description: string | undefined): string {
  const text = description?.trim() ?? '';
  return text === '' ? '' : `${JSON.stringify(text)} `;
}

export function deprecate(reason: string | undefined): string {
  return reason === undefined ? '' : ` @deprecated(reason: ${JSON.stringify(reason)})`;
}
