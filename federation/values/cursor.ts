import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';

/**
 * Makes and reads list cursors: the canonical order values of a row, bound to one list, encrypted and signed. Nobody reads in one what it was made of, and a
 * foreign or edited one is refused. The same row of the same list has the same cursor.
 */
export interface CursorCodec {
  encode(fingerprint: string, values: readonly Canonical[]): string;
  /** @throws {HubError} CURSOR_INVALID */
  decode(fingerprint: string, cursor: string): readonly Canonical[];
}

/** The tag is the initialisation vector too (SIV): equal cursors for equal rows, and no counter or randomness that instances would have to share. */
const TAG = 16;
/** Lengths say little: JSON is filled up with blanks to a multiple of it. */
const BLOCK = 16;

export function createCursorCodec(secret: string): CursorCodec {
  const signing = keyFrom(secret, 'cursor signature');
  const encryption = keyFrom(secret, 'cursor encryption');
  const sign = (fingerprint: string, body: Buffer): Buffer =>
    createHmac('sha256', signing).update(fingerprint).update('\0').update(body).digest().subarray(0, TAG);
  const refused = (): never => {
    throw new HubError('CURSOR_INVALID', 'the cursor does not belong to this list; start again without it');
  };
  return {
    encode(fingerprint, values) {
      const text = Buffer.from(JSON.stringify(values));
      const body = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK, ' ');
      text.copy(body);
      const tag = sign(fingerprint, body);
      return Buffer.concat([tag, createCipheriv('aes-256-ctr', encryption, tag).update(body)]).toString('base64url');
    },
    decode(fingerprint, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const tag = bytes.subarray(0, TAG);
      if (bytes.length < TAG + BLOCK || bytes.toString('base64url') !== cursor) refused();
      const body = createDecipheriv('aes-256-ctr', encryption, tag).update(bytes.subarray(TAG));
      if (!timingSafeEqual(sign(fingerprint, body), tag)) refused();
      return JSON.parse(body.toString('utf8')) as Canonical[];
    },
  };
}

const keyFrom = (secret: string, use: string): KeyObject => createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', use, 32)));
