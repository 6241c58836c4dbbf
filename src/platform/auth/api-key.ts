import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SecretRing } from '../secrets/secret-ring.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY = /^gtr_(live|test|svc)_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** What a key's prefix says: `live` a key of production, `test` one of development, `svc` one of a program that acts for itself, in either. */
export type ApiKeyType = 'live' | 'test' | 'svc';

/** An API key as its holder has it: `gtr_{type}_{id 12}_{secret 43, base62, 256 bits}_{CRC-32, base62, 6}`. */
export interface ApiKey {
  readonly type: ApiKeyType;
  readonly keyId: string;
  readonly secret: string;
  readonly text: string;
}

/** Makes a key from the system's random source. Its text is shown once and never stored. */
export function generateApiKey(type: ApiKeyType): ApiKey {
  const keyId = randomBase62(12);
  const secret = randomBase62(43);
  const body = `gtr_${type}_${keyId}_${secret}`;
  return { type, keyId, secret, text: `${body}_${checksum(body)}` };
}

/** Reads a key's text; `undefined` where its form or checksum is wrong, so that a typing error needs no store. */
export function parseApiKey(text: string): ApiKey | undefined {
  const match = KEY.exec(text);
  if (!match) return undefined;
  const [, type, keyId = '', secret = '', sum] = match;
  return checksum(`gtr_${type}_${keyId}_${secret}`) === sum ? { type: type as ApiKeyType, keyId, secret, text } : undefined;
}

/** What is stored of a key: HMAC-SHA-256 of its secret under a pepper that is kept outside the database, hex. */
export function hashApiKeySecret(pepper: Buffer, secret: string): string {
  return createHmac('sha256', pepper).update(secret).digest('hex');
}

/** Tells whether a stored hash is that of a secret under any live pepper; takes the same time whichever it is. */
export function isHashOf(pepper: SecretRing, hash: string, secret: string): boolean {
  return pepper.live.map(({ bytes }) => sameHash(hash, hashApiKeySecret(bytes, secret))).includes(true);
}

/** Compares hashes in constant time. */
function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let digit = 0; digit < 6; digit++) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Uniform over base62: bytes from 248 up are thrown away. 43 digits hold 256 bits. */
function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}
