import { rawValue, type Reads } from './column.ts';
import { MappingFault, TEXT, type Value } from './value.ts';
import type { Canonical, JsonData } from '../../schema/model/canonical.ts';
import type { Decode } from '../supergraph/binding.ts';

export const pathOf = (path: readonly string[]): (string | number)[] => path.map((step) => (/^(0|[1-9]\d*)$/.test(step) ? Number(step) : step));

/**
 * Text of the scalar at a path. In a JSON column the source reads it, so that digits stay as they are and only this crosses the wire; JSON kept as text
 * is read in the hub, for not every database can tell whether it is JSON without failing.
 */
export function jsonPath(column: Value, path: readonly string[], reads: Reads): Value {
  const steps = pathOf(path);
  if (column.type.kind === 'json' && column.expr !== undefined) return rawValue({ kind: 'jsonText', value: column.expr, path: steps }, TEXT, reads);
  if (column.type.kind !== 'text') throw new MappingFault('the column holds no JSON', 'use `column` for it');
  return {
    type: TEXT,
    rawText: column.rawText,
    decode: (raw, issues) => {
      const text = column.decode(raw, issues);
      if (text === null || text === '') return null;
      const found = at(parseSpelled(text as string), steps);
      if (found !== undefined) return scalarText(found);
      if (!isJson(text as string)) issues('BAD_JSON', column.rawText(raw));
      return null;
    },
    reason: 'the JSON stands in a text column',
  };
}

/** The JSON itself, or what stands at a path of it. */
export function jsonDocument(column: Value, path: readonly string[]): Decode {
  const steps = pathOf(path);
  return (raw, issues) => {
    const text = column.decode(raw, issues);
    if (text === null || text === '') return null;
    try {
      let value: unknown = JSON.parse(text as string);
      for (const step of steps) value = stepInto(value, step);
      return (value ?? null) as Canonical | JsonData;
    } catch {
      issues('BAD_JSON', column.rawText(raw));
      return null;
    }
  };
}

/** Numbers as they are spelled. */
class Spelled {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

function parseSpelled(text: string): unknown {
  const spell = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? new Spelled(context?.source ?? String(value)) : value;
  try {
    return JSON.parse(text, spell);
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function at(json: unknown, steps: readonly (string | number)[]): unknown {
  return steps.reduce(stepInto, json);
}

function stepInto(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? (value as unknown[])[step] : undefined;
  if (typeof value !== 'object' || value === null || value instanceof Spelled || typeof step !== 'string') return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}

function scalarText(value: unknown): string | null {
  if (value instanceof Spelled) return value.digits;
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
}
