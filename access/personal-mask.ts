import type { MaskKind } from '../schema/model/mask.ts';
import type { FieldLimit } from '../schema/model/rights.ts';
import type { LeafField, RelationField, ValueField } from '../schema/model/unified.ts';

/** How personal data look to others than their own department; what is no text cannot be masked and is absent. Undefined for what is not personal. */
export function personalMask(field: LeafField | RelationField | ValueField): FieldLimit | undefined {
  if (field.personal === undefined) return undefined;
  const isText = field.kind === 'leaf' && field.type.kind === 'scalar' && !NO_TEXT.has(field.type.name);
  return isText ? { kind: 'masked', mask: field.personal as MaskKind } : { kind: 'absent' };
}

const NO_TEXT: ReadonlySet<string> = new Set(['Int', 'Float', 'Boolean', 'Decimal', 'BigInt', 'Date', 'DateTime', 'YearMonth', 'JSON', 'GeoJSON']);
