import type pg from 'pg';
import type { SourceConfig } from '../spi/connector.ts';

/** Values come as the server prints them; the dialect decodes what needs it. */
export const RAW = { getTypeParser: () => (text: string) => text };

/** How long the end of a connection waits for the server. */
export const GOODBYE_MS = 1_000;

/** Ends a connection, also one whose server says nothing any more. Never rejects. */
export async function endClient(client: pg.Client): Promise<void> {
  const cut = setTimeout(() => destroy(client), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(cut);
}

export function destroy(client: pg.Client): void {
  (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection.stream.destroy();
}

/** The URL as the driver takes it. `pgbouncer=true` or `prepare=false` says that connections are shared and must not keep statements prepared. */
export function readUrl(text: string): { readonly url: string; readonly keepsPrepared: boolean } {
  const url = new URL(text);
  const keepsPrepared = url.searchParams.get('pgbouncer') !== 'true' && url.searchParams.get('prepare') !== 'false';
  url.searchParams.delete('pgbouncer');
  url.searchParams.delete('prepare');
  return { url: url.href, keepsPrepared };
}

/** Every session's settings: how the server prints values, so that the dialect can read them, and that it only reads. */
export function connectionConfig(config: SourceConfig, readOnly = true): pg.ClientConfig & { readonly connectionString: string } {
  const options = settings({
    ...(readOnly ? { default_transaction_read_only: 'on' } : {}),
    jit: 'off',
    TimeZone: config.timeZone,
    DateStyle: 'ISO',
    IntervalStyle: 'iso_8601',
    bytea_output: 'hex',
    extra_float_digits: '1',
    client_min_messages: 'error',
  });
  return {
    connectionString: readUrl(config.url).url,
    options,
    application_name: 'yiwang',
    connectionTimeoutMillis: config.pool.connectMs,
    keepAlive: true,
  };
}

/** Settings of the session, sent as it is opened. */
function settings(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}
