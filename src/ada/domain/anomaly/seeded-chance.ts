const { imul } = Math;

/**
 * Random numbers that depend on a seed alone (SplitMix, Steele, Lea and Flood 2014, in 32 bits), so that a replay draws the same. The state
 * is one number, so that it can be kept in a snapshot.
 */
export class SeededChance {
  constructor(public state: number) {}

  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number {
    this.state = (this.state + 0x9e37_79b9) >>> 0;
    let mixed = this.state;
    mixed = imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }
}
