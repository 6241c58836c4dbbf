import type { JWK } from 'jose';
import { isKeyId } from './jws.js';
import { readPublicKey, type PublicKeyAlgorithm, type VerificationKey } from './verification-key.js';

const MOST_KEYS = 64;

/**
 * Reads a set of public keys (RFC 7517 §5) into a map by key id. Keys that cannot be used are left out; so is an id that several keys have, because
 * it names none of them.
 * @throws Error where it is no key set, or one of more than 64 keys.
 */
export async function readJwkSet(content: unknown, allowed: readonly PublicKeyAlgorithm[]): Promise<ReadonlyMap<string, VerificationKey>> {
  const keys = (content as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new Error('what was read is no key set');
  if (keys.length > MOST_KEYS) throw new Error(`the key set has more than ${MOST_KEYS} keys`);
  const named = keys.filter(hasKeyId);
  const unique = named.filter(({ kid }) => named.filter((other) => other.kid === kid).length === 1);
  const read = await Promise.all(unique.map(async (jwk) => [jwk.kid, await readPublicKey(jwk, allowed)] as const));
  return new Map(read.filter((entry): entry is readonly [string, VerificationKey] => entry[1] !== undefined));
}

function hasKeyId(jwk: unknown): jwk is JWK & { readonly kid: string } {
  return typeof jwk === 'object' && jwk !== null && 'kid' in jwk && isKeyId(jwk.kid);
}
