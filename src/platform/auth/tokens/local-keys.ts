import { calculateJwkThumbprint, importJWK, type CryptoKey } from 'jose';
import type { TokenAlgorithm } from '../../config/config.js';
import type { SecretRing, SecretVersion } from '../../secrets/secret-ring.js';
import { deriveEd25519Key, deriveKeyId, type Ed25519PublicJwk } from './derive-key.js';
import { KeySource, type VerificationKey } from './verification-key.js';

/** A public key of ours as the key set has it (RFC 7517 §4, RFC 8037 §2). */
export interface PublishedKey extends Ed25519PublicJwk {
  readonly kid: string;
  readonly alg: 'Ed25519';
  readonly use: 'sig';
}

/** A key of ours: signs, verifies, and is published where it has a public part. */
export interface LocalKey {
  readonly kid: string;
  readonly algorithm: 'Ed25519' | 'HS256';
  readonly signing: CryptoKey | Uint8Array;
  readonly verifying: VerificationKey;
  readonly published: PublishedKey | null;
}

const LEAST_BYTES = 32;

/**
 * The keys of our own tokens: one for each live version of `JWT_SECRET`, derived from it, so that every instance has the same keys and replacing the
 * secret replaces them. Each has one algorithm and an id that tells nothing of the secret.
 */
export class LocalKeys extends KeySource {
  private made: { readonly from: readonly SecretVersion[]; readonly keys: Promise<readonly LocalKey[]> } | undefined;

  /** @param secret versions of at least 32 bytes each (RFC 7518 §3.2). */
  constructor(
    private readonly secret: SecretRing,
    private readonly algorithm: TokenAlgorithm,
  ) {
    super();
    if (secret.live.some(({ bytes }) => bytes.length < LEAST_BYTES)) throw new RangeError(`a token key has at least ${LEAST_BYTES} bytes`);
  }

  /** The key to sign with. */
  async current(): Promise<LocalKey> {
    const [current] = await this.keys();
    if (!current) throw new Error('there is no token key');
    return current;
  }

  async find(keyId: string): Promise<VerificationKey | undefined> {
    return (await this.keys()).find(({ kid }) => kid === keyId)?.verifying;
  }

  /** Public keys that tokens of ours can be verified with, current one first; none where they are signed with a shared secret. */
  async published(): Promise<readonly PublishedKey[]> {
    return (await this.keys()).flatMap(({ published }) => published ?? []);
  }

  private keys(): Promise<readonly LocalKey[]> {
    const { live } = this.secret;
    if (this.made?.from !== live) {
      const make = this.algorithm === 'EdDSA' ? makeEd25519 : makeHs256;
      this.made = { from: live, keys: Promise.all(live.map(({ bytes }) => make(bytes))) };
    }
    return this.made.keys;
  }
}

async function makeEd25519(secret: Buffer): Promise<LocalKey> {
  const { publicJwk, privateJwk } = deriveEd25519Key(secret);
  const algorithm = 'Ed25519';
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    kid,
    algorithm,
    signing: await importJWK(privateJwk, algorithm),
    verifying: { algorithm, key: await importJWK(publicJwk, algorithm) },
    published: { ...publicJwk, kid, alg: algorithm, use: 'sig' },
  };
}

async function makeHs256(secret: Buffer): Promise<LocalKey> {
  const algorithm = 'HS256';
  return { kid: deriveKeyId(secret), algorithm, signing: secret, verifying: { algorithm, key: secret }, published: null };
}
