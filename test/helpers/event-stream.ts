/** Subscriptions over server-sent events, each as a list of the texts that came. */
export interface EventStreamClient {
  readonly texts: string[];
  close(): void;
}

/** Resolves when the hub has answered; what follows comes by itself. */
export async function openEventStream(address: string, query: string, headers: Readonly<Record<string, string>>): Promise<EventStreamClient> {
  const leaving = new AbortController();
  const texts: string[] = [];
  const response = await fetch(`${address}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  });
  void (async () => {
    let rest = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      texts.push(...lines.flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : [])));
    }
  })().catch(() => undefined);
  return { texts, close: () => leaving.abort() };
}
