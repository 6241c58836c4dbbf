import { importJWK, type CryptoKey, type JWK } from 'jose';

/** Signature algorithms that others' keys may have (RFC 7518 §3.1, RFC 8037, RFC 9864). */
export const PUBLIC_KEY_ALGORITHMS = ['Ed25519', 'EdDSA', 'ES256', 'PS256', 'RS256'] as const;

export type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number];

/** A key with the one algorithm that it is for. */
export interface VerificationKey {
  readonly algorithm: PublicKeyAlgorithm | 'HS256';
  readonly key: CryptoKey | Uint8Array;
}

/** Where an issuer's keys are. */
export abstract class KeySource {
  /**
   * The key of exactly this id; `undefined` where the issuer has none.
   * @throws Problem 503 where the issuer's keys cannot be had at present.
   */
  abstract find(keyId: string): Promise<VerificationKey | undefined>;
}

const KIND_OF_ALGORITHM: Readonly<Record<PublicKeyAlgorithm, string>> = {
  Ed25519: 'OKP Ed25519',
  EdDSA: 'OKP Ed25519',
  ES256: 'EC P-256',
  PS256: 'RSA',
  RS256: 'RSA',
};
const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 8192;
const LEAST_RSA_EXPONENT = 65_537;
const MOST_RSA_EXPONENT_BYTES = 4;

/**
 * Reads a public key that another publishes (RFC 7517). A key that names its algorithm has that one; any other has the first allowed one that fits it.
 * `undefined` for keys that are not for signatures, not allowed, symmetric, private, weak (RSA of less than 2048 bits, RFC 8725 §3.5) or broken.
 */
export async function readPublicKey(jwk: JWK, allowed: readonly PublicKeyAlgorithm[]): Promise<VerificationKey | undefined> {
  if (!isForVerifying(jwk) || jwk.d !== undefined || jwk.k !== undefined) return undefined;
  const kind = jwk.kty === 'RSA' ? 'RSA' : `${jwk.kty} ${jwk.crv}`;
  const algorithm = allowed.find((name) => KIND_OF_ALGORITHM[name] === kind && (jwk.alg === undefined || jwk.alg === name));
  if (!algorithm) return undefined;
  try {
    const key = await importJWK(jwk, algorithm);
    return key instanceof Uint8Array || !isStrong(key) ? undefined : { algorithm, key };
  } catch {
    return undefined;
  }
}

function isForVerifying({ use, key_ops: operations }: JWK): boolean {
  return (use === undefined || use === 'sig') && (operations === undefined || (Array.isArray(operations) && operations.includes('verify')));
}

function isStrong({ algorithm }: CryptoKey): boolean {
  if (!('modulusLength' in algorithm) || !('publicExponent' in algorithm)) return true;
  const bits = Number(algorithm.modulusLength);
  const exponent = algorithm.publicExponent as Uint8Array;
  const value = exponent.reduce((sum, byte) => sum * 256 + byte, 0);
  const hasFitExponent = exponent.length <= MOST_RSA_EXPONENT_BYTES && value >= LEAST_RSA_EXPONENT && value % 2 === 1;
  return bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS && hasFitExponent;
}
