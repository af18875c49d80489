import type { ExpressionType } from '../expression/types.ts';
import type { Output, OutputField } from '../plan/output.ts';

/** What the answer to these outputs looks like to an expression: bare lists are lists of their nodes. */
export function objectTypeOf(fields: readonly OutputField[]): Extract<ExpressionType, { kind: 'object' }> {
  return { kind: 'object', fields: Object.fromEntries(fields.map((f) => [f.key, outputType(f.output)])) };
}

function outputType(output: Output): ExpressionType {
  switch (output.kind) {
    case 'value':
      return { kind: 'scalar', scalar: output.print.scalar };
    case 'object':
    case 'one':
    case 'first':
      return objectTypeOf(output.fields);
    case 'connection': {
      const nodes = output.fields.find((f) => f.kind === 'nodes');
      if (output.bare && nodes?.kind === 'nodes') return { kind: 'list', of: objectTypeOf(nodes.fields) };
      return {
        kind: 'object',
        fields: Object.fromEntries(output.fields.map((f) => [f.key, f.kind === 'aggregate' ? objectTypeOf(f.fields) : { kind: 'scalar', scalar: 'Int' }])),
      };
    }
    default:
      return { kind: 'scalar', scalar: 'String' };
  }
}
