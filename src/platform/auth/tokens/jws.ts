import { compactVerify } from 'jose';
import { parseUniqueObject } from './unique-members.js';
import type { VerificationKey } from './verification-key.js';

const LONGEST_TOKEN = 4096;
const LONGEST_KEY_ID = 256;

/**
 * Header members that make a reader fetch or trust a key that the sender brought, inflate, skip what was signed, look inside for another token, or do
 * what it may not understand (RFC 7515 §4.1, RFC 7516 §4.1.3, RFC 7797). None is ever needed.
 */
const REFUSED_MEMBERS = ['crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c', 'zip', 'enc', 'epk', 'cty'] as const;

/** A JSON Web Signature in compact form whose outside is in order. Nothing that it says is believed yet. */
export interface Jws {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly algorithm: string;
  readonly keyId: string;
  /** Media type in lower case without `application/` (RFC 8725 §3.11); empty where it says none. */
  readonly type: string;
  readonly payload: Uint8Array;
}

/** Reads the compact serialisation (RFC 7515 §7.1) of at most 4 KiB; `undefined` for any other form, and for headers that ask for more than a known key. */
export function readJws(token: string): Jws | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const [protectedHeader, payload, signature, ...more] = token.split('.').map(decodeBase64url);
  if (!protectedHeader || !payload || !signature?.length || more.length > 0) return undefined;
  const header = parseUniqueObject(protectedHeader);
  const members = header && readMembers(header);
  return members && { token, header, payload, ...members };
}

function readMembers(header: Readonly<Record<string, unknown>>): Pick<Jws, 'algorithm' | 'keyId' | 'type'> | undefined {
  if (REFUSED_MEMBERS.some((member) => member in header)) return undefined;
  const { alg: algorithm, kid: keyId, typ: type = '' } = header;
  if (typeof algorithm !== 'string' || typeof type !== 'string' || !isKeyId(keyId)) return undefined;
  return { algorithm, keyId, type: type.toLowerCase().replace(/^application\//, '') };
}

/** Tells whether a token is signed by the key, with the key's own algorithm and no other (RFC 8725 §3.1). */
export async function isSignedBy(jws: Jws, { algorithm, key }: VerificationKey): Promise<boolean> {
  if (jws.algorithm !== algorithm) return false;
  try {
    await compactVerify(jws.token, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}

/** Tells whether a value can name a key. */
export function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_KEY_ID;
}

/** Strict: one text for one value, without padding, white space or bits left over (RFC 4648 §3.5). */
function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
