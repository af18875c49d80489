import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, CompactSign, decodeProtectedHeader } from 'jose';
import type { Head } from './chain.ts';
import type { PublicKey } from './record.ts';

/** Signs a chain's head. */
export interface Signer {
  readonly publicKey: PublicKey;
  /** A JWS in compact form. */
  sign(chain: string, head: Head): Promise<string>;
}

export interface Checkpoint extends Head {
  readonly chain: string;
}

/** A new private key, as JSON text of a JWK. */
export function makeSigningKey(): string {
  return JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
}

/** @param jwk JSON text of a private Ed25519 JWK. @throws {Error} when it is none; the message shows nothing of it */
export async function createSigner(jwk: string): Promise<Signer> {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('another kind of key');
  } catch {
    throw new Error('the key that signs the access log is no private Ed25519 key in JWK form');
  }
  const publicKey = await publicKeyOf(key);
  const { kid } = publicKey;
  return {
    publicKey,
    sign: (chain, head) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify({ chain, ...head } satisfies Checkpoint))).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key),
  };
}

async function publicKeyOf(key: KeyObject): Promise<PublicKey> {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x, kid: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }) };
}

/** @param jwk JSON text of an Ed25519 JWK, of which only the public part is looked at. @throws {Error} when it is none */
export async function readPublicKey(jwk: string): Promise<PublicKey> {
  const { kty, crv, x } = JSON.parse(jwk) as JsonWebKey;
  if (kty !== 'OKP' || crv !== 'Ed25519') throw new Error('another kind of key');
  return publicKeyOf(createPublicKey({ key: { kty, crv, x: String(x) }, format: 'jwk' }));
}

/** The head that a checkpoint vouches for, or why it vouches for nothing. */
export async function readCheckpoint(jws: string, publicKey: PublicKey): Promise<Checkpoint | { readonly fault: string }> {
  try {
    const { kid } = decodeProtectedHeader(jws);
    if (kid !== publicKey.kid) return { fault: `it is signed by another key (${String(kid)})` };
    const { x, kty, crv } = publicKey;
    const { payload } = await compactVerify(jws, createPublicKey({ key: { kty, crv, x }, format: 'jwk' }), { algorithms: ['EdDSA'] });
    return JSON.parse(new TextDecoder().decode(payload)) as Checkpoint;
  } catch {
    return { fault: 'its signature is not that of the chain’s key' };
  }
}
