import type { Statement } from '../../../../platform/storage/postgres/scoped-session.js';

/** Bits that a term sets, and bits that there are for each term at least: of a thousand chunks without a term, fewer than one is looked at in vain. */
const BITS_SET = 8;
const BITS_PER_TERM = 16;
const FEWEST_BYTES = 64;

/**
 * The terms of a chunk as a Bloom filter: 2 to 4 bytes a term, in one row a chunk, where an index would have a row a term. What a term is entered under are the
 * 48 bits that files enter it under. Its length is a power of two, so that a place in it is a number of 32 bits cut to the length.
 */
export function termFilter(terms: readonly number[], least = FEWEST_BYTES): Buffer {
  const needed = Math.max(least, Math.ceil((terms.length * BITS_PER_TERM) / 8));
  return addToFilter(Buffer.alloc(2 ** Math.ceil(Math.log2(needed))), terms);
}

/** Enters more terms into a filter, in place. */
export function addToFilter(bits: Buffer, terms: readonly number[]): Buffer {
  const mask = bits.length * 8 - 1;
  for (const term of terms) {
    for (const place of placesOf(term)) {
      const at = place & mask;
      bits[at >>> 3] = (bits[at >>> 3] ?? 0) | (1 << (at & 7));
    }
  }
  return bits;
}

/**
 * The condition that a filter has all of the terms, each of which may have been entered under several numbers.
 * @param column the filter; a term that is not there mostly shows at its first bit or its second.
 * @param next number of the first parameter.
 */
export function inFilter(column: string, terms: readonly (readonly number[])[], next: number): Required<Statement> {
  const values: number[] = [];
  const bit = (place: number): string => {
    values.push(place);
    return `get_bit(${column}, $${next + values.length - 1}::bigint & (octet_length(${column}) * 8 - 1)) = 1`;
  };
  const all = (places: readonly number[]): string => `(${places.map(bit).join(' AND ')})`;
  const text = terms.map((forms) => `(${forms.map((form) => all(placesOf(form))).join(' OR ')})`).join(' AND ');
  return { text, values };
}

function placesOf(term: number): number[] {
  const low = term >>> 0;
  const high = Math.floor(term / 2 ** 32);
  const step = Math.imul(high ^ (low >>> 11), 0x9e3779b1) | 1;
  return Array.from({ length: BITS_SET }, (_, number) => (low + Math.imul(step, number)) >>> 0);
}
