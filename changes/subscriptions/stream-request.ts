import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { View } from '../../federation/supergraph/view.ts';
import type { Principal } from '../../schema/model/principal.ts';

/** A subscription that has passed parsing, validation and the limits. */
export interface StreamRequest {
  readonly requestId: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Source text of the document. */
  readonly text: string;
  /** As the client sent them. */
  readonly rawVariables: Readonly<Record<string, unknown>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What it was validated against. */
  readonly view: View;
  /** What the same principal may see now: another generation, or other rights. */
  readonly currentView: () => View;
  readonly principal: Principal;
  /** A cursor that the transport remembers for the client (`Last-Event-ID`); it goes before the operation's own `after`. */
  readonly lastEventId?: string;
}
