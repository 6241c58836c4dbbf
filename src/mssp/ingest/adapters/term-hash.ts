/**
 * 48 bits of a term, as a number that SQLite keeps as an integer. Two multiplicative hashes over the UTF-16 code units; a collision costs a
 * look at a chunk that does not match, nothing else.
 */
export function termHash(term: string): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let position = 0; position < term.length; position += 1) {
    const unit = term.charCodeAt(position);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (low >>> 15), 0x2c1b3c6d);
  low = Math.imul(low ^ (high >>> 13), 0x297a2d39);
  return ((high ^ (high >>> 16)) & 0xffff) * 0x1_0000_0000 + ((low ^ (low >>> 16)) >>> 0);
}
