import { getOperationAST, parse } from 'graphql';
import type { OperationRequest, OperationResult } from '../../federation/execute/execute-operation.ts';
import type { View } from '../../federation/supergraph/view.ts';
import type { Canonical } from '../../schema/model/canonical.ts';

/** All keys of a type, page by page, as the API lists them. @throws {HubError} what the source answers when it cannot be asked */
export async function* allKeys(
  execute: (request: OperationRequest) => Promise<OperationResult>,
  view: View,
  type: string,
  signal: AbortSignal,
): AsyncGenerator<readonly (readonly Canonical[])[]> {
  const unified = view.supergraph.model.types.get(type);
  if (!unified) return;
  const text = `query ($first: Int, $after: String) { rows: ${unified.names.many}(first: $first, after: $after) { nodes { ${unified.key.join(' ')} } pageInfo { hasNextPage endCursor } } }`;
  const document = parse(text, { noLocation: true });
  const operation = getOperationAST(document);
  if (!operation) throw new Error('unreachable: the document has one operation');
  const first = view.supergraph.limits.pageMax;
  let after: string | null = null;
  do {
    const { data, errors } = await execute({ document, operation, text, variables: { first, after }, view, signal, foreign: new Map() });
    const [failure] = errors;
    if (failure) throw failure.error;
    const { rows } = JSON.parse(data) as { readonly rows: Page };
    yield rows.nodes.map((node) => unified.key.map((path) => node[path] ?? null)).filter((key) => !key.includes(null));
    after = rows.pageInfo.hasNextPage ? rows.pageInfo.endCursor : null;
  } while (after !== null);
}

interface Page {
  readonly nodes: readonly Readonly<Record<string, Canonical>>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
