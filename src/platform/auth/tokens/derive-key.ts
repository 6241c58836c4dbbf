import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';

/** An Ed25519 public key (RFC 8037 §2). */
export interface Ed25519PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** Everything of an Ed25519 private key but its 32 bytes: PKCS #8 in DER (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derives a key pair from a secret by HKDF-SHA-256 (RFC 5869), label `gatra/jwt/ed25519/v1`: the same secret always gives the same pair. */
export function deriveEd25519Key(secret: Buffer): {
  readonly publicJwk: Ed25519PublicJwk;
  readonly privateJwk: Ed25519PublicJwk & { readonly d: string };
} {
  const seed = derive(secret, 'gatra/jwt/ed25519/v1');
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('an Ed25519 key has a public part');
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x } as const;
  return { publicJwk, privateJwk: { ...publicJwk, d: seed.toString('base64url') } };
}

/** An id for a shared secret. It is derived, not a thumbprint: a hash of the secret itself would help to guess it (RFC 7638 §7). */
export function deriveKeyId(secret: Buffer): string {
  return derive(secret, 'gatra/jwt/hs256/kid/v1').toString('base64url');
}

function derive(secret: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), label, 32));
}
