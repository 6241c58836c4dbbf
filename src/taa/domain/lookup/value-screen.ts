import { NumberColumn } from './number-column.js';

const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;
const DOT = 0x2e;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const BITS_A_VALUE = 16;
const UNSURE = -1;
const DIGITS = 16;

/**
 * Tells what a table surely does not hold, in one pass over a text as it stands, without taking anything out of it: a Bloom filter whose bits for one value are
 * all in one word (Putze, Sanders, Singler 2007), with some 16 bits a value. Letters are compared in any case; what has other than ASCII characters may be there.
 */
export class ValueScreen {
  private readonly mask: number;

  /** @param words a power of two of them. */
  constructor(private readonly words: Uint32Array) {
    this.mask = words.length - 1;
  }

  /** @param hashes as `keyOf` makes them. */
  static wordsOf(hashes: NumberColumn<Uint32Array>): Uint32Array {
    const all = hashes.image();
    let count = 64;
    while (count * 32 < all.length * BITS_A_VALUE) count *= 2;
    const words = new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
    for (const key of all) words[key & (count - 1)] = (words[key & (count - 1)] ?? 0) | bitsOf(key);
    return words;
  }

  mayHold(kind: number, hash: number): boolean {
    const key = keyOf(kind, hash);
    const bits = bitsOf(key);
    return ((this.words[key & this.mask] ?? 0) & bits) === bits;
  }

  mayHoldText(kind: number, text: string): boolean {
    const hash = textHash(text);
    return hash === UNSURE || this.mayHold(kind, hash);
  }

  mayHoldDigest(kind: number, digest: string): boolean {
    const hash = digestHash(digest);
    return hash === UNSURE || this.mayHold(kind, hash);
  }

  /** The last part of a path. */
  mayHoldName(kind: number, path: string): boolean {
    let hash = BASIS;
    for (let i = path.length - 1; i >= 0; i--) {
      const code = path.charCodeAt(i);
      if (code === BACKSLASH || code === SLASH) break;
      if (code > 0x7f) return true;
      hash = stepped(hash, code);
    }
    return this.mayHold(kind, hash >>> 0);
  }

  /** A domain, or one above it of at least two labels. */
  mayHoldDomain(kind: number, domain: string): boolean {
    let hash = BASIS;
    let labels = 1;
    for (let i = domain.length - 1; i >= 0; i--) {
      const code = domain.charCodeAt(i);
      if (code > 0x7f) return true;
      if (code === DOT && labels++ > 1 && this.mayHold(kind, hash >>> 0)) return true;
      hash = stepped(hash, code);
    }
    return this.mayHold(kind, hash >>> 0);
  }
}

/** What a value of a kind is screened by: `hash` mixed with the kind. */
export function keyOf(kind: number, hash: number): number {
  let key = Math.imul(hash ^ Math.imul(kind + 1, 0x9e3779b1), 0x85ebca6b);
  key ^= key >>> 15;
  key = Math.imul(key, 0x2c1b3c6d);
  return (key ^ (key >>> 13)) >>> 0;
}

/** The hash of a text whatever the case of its letters, from its end on; -1 where it has other than ASCII characters. @param start where it begins. */
export function textHash(text: string, start = 0): number {
  let hash = BASIS;
  for (let i = text.length - 1; i >= start; i--) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return UNSURE;
    hash = stepped(hash, code);
  }
  return hash >>> 0;
}

/** The hash of the hexadecimal digits of a digest: of the last sixteen, which are as good as all. */
export function digestHash(digest: string): number {
  return textHash(digest, Math.max(0, digest.length - DIGITS));
}

/** The hash of a block of IPv4 addresses, or of one of them. */
export function blockHash(first: number, bits: number): number {
  return Math.imul(Math.imul(first ^ BASIS, PRIME) ^ bits, PRIME) >>> 0;
}

function stepped(hash: number, code: number): number {
  return Math.imul(hash ^ (code >= 0x41 && code <= 0x5a ? code | 0x20 : code), PRIME);
}

function bitsOf(key: number): number {
  const mixed = Math.imul(key, 0x297a2d39);
  return (1 << (mixed >>> 27)) | (1 << ((mixed >>> 22) & 31)) | (1 << ((mixed >>> 17) & 31));
}
