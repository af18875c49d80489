import { createClient } from 'graphql-ws';

/** Calls back for every payment, whatever happens to the connection. */
export async function followPayments(url: string, seen: (payment: { cursor: string }) => void, stop: AbortSignal, webSocketImpl?: unknown): Promise<void> {
  const client = createClient({ url, webSocketImpl, retryAttempts: 0 });
  let after: string | undefined;
  while (!stop.aborted) {
    try {
      const query = 'subscription($after: String) { paymentChanges(after: $after) { cursor node { voucherNo amount } } }';
      const stream = client.iterate<{ paymentChanges: { cursor: string } }>({ query, variables: { after } });
      stop.addEventListener('abort', () => void stream.return?.());
      for await (const { data } of stream) {
        if (!data) continue;
        seen(data.paymentChanges);
        after = data.paymentChanges.cursor;
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
  await client.dispose();
}
