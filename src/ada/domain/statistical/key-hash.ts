const { imul } = Math;

/**
 * Hash of a key made of several texts, 64 bits in two halves, from which sketches take their positions by double hashing
 * (position i = low + i × high). Not cryptographic: collisions can be made, and then two keys count as one.
 */
export class KeyHash {
  low = 0;
  high = 1;

  constructor(private readonly seed: number) {}

  /** Hashes a key; texts are kept apart, so that `('ab', 'c')` and `('a', 'bc')` differ. */
  of(kind: number, first: string, second?: string): this {
    this.low = this.seed ^ imul(kind + 1, 0x9e37_79b1);
    this.high = ~this.seed ^ imul(kind + 1, 0x85eb_ca77);
    this.mix(first);
    if (second !== undefined) this.mix(second);
    this.low = avalanche(this.low);
    this.high = avalanche(this.high) | 1;
    return this;
  }

  private mix(text: string): void {
    let { low, high } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      low = imul(low ^ unit, 0x0100_0193);
      high = imul(high ^ unit, 0x5bd1_e995);
      high ^= high >>> 13;
    }
    this.low = imul(low ^ 0x1_0000, 0x0100_0193);
    this.high = imul(high ^ 0x1_0000, 0x5bd1_e995);
  }
}

/** A seed from a text, so that two tenants' collisions differ. */
export function seedOf(text: string): number {
  return new KeyHash(0).of(0, text).low;
}

/** Spreads each bit of a 32-bit integer over all others (finaliser of MurmurHash3, public domain). */
function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
