import { HubError } from '../../schema/errors/hub-error.ts';
import type { FieldBinding, TypeBinding } from '../supergraph/binding.ts';

/** @throws {HubError} SOURCE_DRIFT for a field, or a type, whose columns can no longer be trusted */
export function requireTrusted(binding: TypeBinding, field?: FieldBinding): void {
  if (!binding.drift && !field?.drift) return;
  const { source, department, type } = binding;
  const what = field && !binding.drift ? `${type}.${field.path}` : type;
  throw driftError(source, department, `${department} changed what ${what} is read from; its data officer must publish a repaired mapping`);
}

export function driftError(source: string, department: string, message: string): HubError {
  return new HubError('SOURCE_DRIFT', message, { source, department });
}
