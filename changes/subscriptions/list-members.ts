import { getOperationAST, parse } from 'graphql';
import type { OperationRequest, OperationResult } from '../../federation/execute/execute-operation.ts';
import type { View } from '../../federation/supergraph/view.ts';
import { decodeGlobalId } from '../../schema/api/global-id.ts';
import { whereName } from '../../schema/api/names.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { MEMBERS_MAX } from './members.ts';

export interface ListedMembers {
  readonly keys: readonly string[];
  /** There are no more. */
  readonly isComplete: boolean;
}

/** The entities that meet a filter now, as a query of these rights lists them. @throws {HubError} what the sources answer when they cannot be asked */
export async function listMembers(
  execute: (request: OperationRequest) => Promise<OperationResult>,
  view: View,
  type: UnifiedType,
  where: unknown,
  signal: AbortSignal,
): Promise<ListedMembers> {
  const text = `query ($where: ${whereName(type.name)}, $first: Int, $after: String) { rows: ${type.names.many}(where: $where, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
  const document = parse(text, { noLocation: true });
  const operation = getOperationAST(document);
  if (!operation) throw new Error('unreachable: the document has one operation');
  const first = view.supergraph.limits.pageMax;
  const keys: string[] = [];
  let after: string | null = null;
  do {
    const { data, errors } = await execute({ document, operation, text, variables: { where: where ?? null, first, after }, view, signal, foreign: NONE });
    const [failure] = errors;
    if (failure) throw failure.error;
    const { rows } = JSON.parse(data) as { readonly rows: Page };
    for (const { id } of rows.nodes) {
      const found = decodeGlobalId(id);
      if (found) keys.push(JSON.stringify(found.key));
    }
    after = rows.pageInfo.hasNextPage ? rows.pageInfo.endCursor : null;
  } while (after !== null && keys.length < MEMBERS_MAX);
  return { keys, isComplete: after === null };
}

const NONE: ReadonlyMap<string, string> = new Map();

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
