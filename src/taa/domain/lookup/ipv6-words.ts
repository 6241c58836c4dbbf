const COLON = 0x3a;
const GROUPS = 8;
const MAX_LENGTH = 39;
const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;

/** Groups of the address at hand. */
const groups = new Uint16Array(GROUPS);

/**
 * Reads an IPv6 address in groups of hexadecimal digits into four numbers of 32 bits.
 * @returns false, with the numbers left as they were, for any other text, an address that ends like one of IPv4 among them.
 */
export function readIpv6Words(text: string, words: Uint32Array): boolean {
  if (text.length < 2 || text.length > MAX_LENGTH) return false;
  let count = 0;
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false;
    [gap, at] = [0, 2];
  }
  while (at < text.length) {
    const start = at;
    let group = 0;
    for (; at < text.length && at - start < 5; at += 1) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit === -1) break;
      group = group * 16 + digit;
    }
    if (at === start || at - start > 4 || count === GROUPS) return false;
    groups[count] = group;
    count += 1;
    if (at === text.length) break;
    if (text.charCodeAt(at) !== COLON || at + 1 === text.length) return false;
    at += 1;
    if (text.charCodeAt(at) !== COLON) continue;
    if (gap !== -1) return false;
    gap = count;
    at += 1;
  }
  if (gap === -1 ? count !== GROUPS : count >= GROUPS) return false;
  spread(count, gap === -1 ? count : gap, words);
  return true;
}

/** The hash of a block of IPv6 addresses, by the first `bits` bits of one of them. */
export function ipv6BlockHash(words: Uint32Array, bits: number): number {
  let hash = BASIS ^ bits;
  for (let number = 0; number < 4; number += 1) {
    const kept = Math.min(32, Math.max(0, bits - number * 32));
    const word = words[number] ?? 0;
    hash = Math.imul(hash ^ (kept === 0 ? 0 : kept === 32 ? word : (word >>> (32 - kept)) << (32 - kept)), PRIME);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/** Writes the groups with as many of zeros at the gap as are left out. */
function spread(count: number, gap: number, words: Uint32Array): void {
  words.fill(0);
  for (let number = 0; number < count; number += 1) {
    const place = number < gap ? number : GROUPS - count + number;
    const word = place >> 1;
    words[word] = (words[word] ?? 0) + ((groups[number] ?? 0) << (place % 2 === 0 ? 16 : 0));
  }
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
