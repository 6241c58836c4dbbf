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
  if (text.length > MAX_LENGTH) return false;
  const gap = text.indexOf('::');
  const before = readGroups(text, 0, gap === -1 ? text.length : gap, 0);
  if (before === -1 || gap === -1) {
    if (before === GROUPS) spread(GROUPS, GROUPS, words);
    return before === GROUPS;
  }
  const count = readGroups(text, gap + 2, text.length, before);
  if (count === -1 || count === GROUPS) return false;
  spread(count, before, words);
  return true;
}

/** Reads groups from a part of a text, the first as number `count`. @returns how many there are then; -1 where it is not made of groups. */
function readGroups(text: string, from: number, to: number, count: number): number {
  if (from === to) return count;
  let [group, digits, read] = [0, 0, count];
  for (let at = from; at <= to; at += 1) {
    const code = at === to ? COLON : text.charCodeAt(at);
    if (code !== COLON) {
      const digit = hexDigit(code);
      if (digit === -1 || digits === 4) return -1;
      [group, digits] = [group * 16 + digit, digits + 1];
    } else {
      if (digits === 0 || read === GROUPS) return -1;
      groups[read] = group;
      [group, digits, read] = [0, 0, read + 1];
    }
  }
  return read;
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
