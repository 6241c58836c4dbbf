import { createHash, createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { deriveEd25519Key } from '../../src/platform/auth/tokens/derive-key.js';

/** Makes a signature over the signing input of a token. */
export type Signer = (input: Buffer) => Buffer;

export const withEd25519 =
  (key: KeyObject): Signer =>
  (input) =>
    sign(null, input, key);

export const withHs256 =
  (secret: Buffer): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

export const withRs256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', input, key);

export const withEs256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });

/** Writes a token by hand, so that it can be wrong in any way. What is no string is written as JSON. */
export function mint(header: unknown, payload: unknown, signer: Signer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`;
}

/** base64url of a text, of bytes, or of anything else as JSON. */
export function encode(part: unknown): string {
  const bytes = typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}

/** What the app signs its own tokens with: the key that follows from its secret, and the header that goes with it. */
export function localSigner(secret: Buffer): { readonly header: Record<string, unknown>; readonly signer: Signer } {
  const { publicJwk, privateJwk } = deriveEd25519Key(secret);
  const kid = createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${publicJwk.x}"}`).digest('base64url');
  return {
    header: { alg: 'Ed25519', typ: 'at+jwt', kid },
    signer: withEd25519(createPrivateKey({ key: { ...privateJwk }, format: 'jwk' })),
  };
}
