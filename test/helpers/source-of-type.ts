import type { TypeBinding } from '../../federation/supergraph/binding.ts';
import type { View } from '../../federation/supergraph/view.ts';

/** Where the rows of a type are decided. */
export const sourceOfType = ({ supergraph }: View, type: string): TypeBinding | undefined => supergraph.bindings.get(type)?.[0];
