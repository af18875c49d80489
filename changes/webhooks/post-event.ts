import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { AddressRule } from './address-rule.ts';
import { signedHeaders } from './sign.ts';

export interface PostedEvent {
  readonly url: string;
  readonly secret: string;
  /** The same in every attempt. */
  readonly id: string;
  readonly body: string;
}

const ANSWER_MS = 10_000;

/** Posts one event. Undefined: it was taken (2xx); otherwise why not. Follows no redirect and reads no answer. */
export async function postEvent(rule: AddressRule, { url, secret, id, body }: PostedEvent, signal: AbortSignal): Promise<string | undefined> {
  let target: URL;
  try {
    target = rule.checkUrl(url);
  } catch (error) {
    return (error as Error).message;
  }
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const sent = send(target, {
      method: 'POST',
      agent: false,
      lookup: guardedLookup(rule),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'yiwang-webhook',
        ...signedHeaders(secret, id, body, Date.now()),
      },
    });
    sent.on('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      resolve(statusCode >= 200 && statusCode < 300 ? undefined : `the endpoint answered ${statusCode}`);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(problemOf(error)));
    sent.end(body);
  });
}

/** The check is on the address that is connected to: a name cannot lead elsewhere in between. */
function guardedLookup(rule: AddressRule): LookupFunction {
  return (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const good = addresses.filter(({ address }) => rule.mayConnect(address));
      const [first] = good;
      if (!first) return callback(Object.assign(new Error('refused'), { code: 'EFORBIDDEN' }), []);
      if (options.all === true) callback(null, good);
      else callback(null, first.address, first.family);
    });
}

function problemOf({ code, name }: NodeJS.ErrnoException): string {
  if (code === 'EFORBIDDEN') return 'its name leads to an inner network that is not allowed';
  if (name === 'TimeoutError' || code === 'ABORT_ERR') return `the endpoint did not answer within ${ANSWER_MS} ms`;
  return `the endpoint cannot be reached (${code ?? 'unknown'})`;
}
