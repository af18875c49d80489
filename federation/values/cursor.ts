import { createHmac, timingSafeEqual } from 'node:crypto';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';

/** Makes and reads list cursors: the canonical order values of a row, bound to one list and signed, so that a foreign or edited one is refused. */
export interface CursorCodec {
  encode(fingerprint: string, values: readonly Canonical[]): string;
  /** @throws {HubError} CURSOR_INVALID */
  decode(fingerprint: string, cursor: string): readonly Canonical[];
}

export function createCursorCodec(secret: string): CursorCodec {
  const sign = (fingerprint: string, body: string): Buffer =>
    createHmac('sha256', secret).update(fingerprint).update('\0').update(body).digest().subarray(0, 12);
  return {
    encode(fingerprint, values) {
      const body = JSON.stringify(values);
      return Buffer.concat([sign(fingerprint, body), Buffer.from(body)]).toString('base64url');
    },
    decode(fingerprint, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const body = bytes.subarray(12).toString('utf8');
      if (bytes.length < 14 || bytes.toString('base64url') !== cursor || !timingSafeEqual(sign(fingerprint, body), bytes.subarray(0, 12))) {
        throw new HubError('CURSOR_INVALID', 'the cursor does not belong to this list; start again without it');
      }
      return JSON.parse(body) as Canonical[];
    },
  };
}
