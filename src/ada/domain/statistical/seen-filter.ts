import type { KeyHash } from './key-hash.js';

const { imul } = Math;
const PROBES = 4;

/**
 * Remembers keys in fixed memory: two Bloom filters, a young and an old one. When the young one has taken its share of keys it becomes the
 * old one and the old one is emptied; a key that is met again moves to the young one. So what recurs is remembered for ever, what
 * does not is forgotten after one to two generations, and of keys never added about 1 in 100 counts as seen when a filter is full.
 */
export class SeenFilter {
  private young: Uint32Array;
  private old: Uint32Array;
  private readonly mask: number;
  private readonly capacity: number;
  private added = 0;

  /** @param bytes memory of one of the two filters, a power of two. */
  constructor(private readonly bytes: number) {
    this.young = new Uint32Array(bytes / 4);
    this.old = new Uint32Array(bytes / 4);
    this.mask = bytes * 8 - 1;
    this.capacity = Math.floor((bytes * 8) / 10);
  }

  /** Tells whether the key was added before. */
  has(key: KeyHash): boolean {
    return contains(this.young, key, this.mask) || contains(this.old, key, this.mask);
  }

  /** Adds the key; true where it was not there. */
  add(key: KeyHash): boolean {
    if (contains(this.young, key, this.mask)) return false;
    const isNew = !contains(this.old, key, this.mask);
    if (this.added >= this.capacity) this.turn();
    for (let i = 0; i < PROBES; i++) {
      const bit = position(key, i, this.mask);
      this.young[bit >>> 5]! |= 1 << (bit & 31);
    }
    this.added++;
    return isNew;
  }

  /** Starts a new generation: what is not met again until the next turn is forgotten. */
  turn(): void {
    [this.young, this.old] = [this.old, this.young];
    this.young.fill(0);
    this.added = 0;
  }

  get byteLength(): number {
    return 4 + this.bytes * 2;
  }

  write(target: DataView, offset: number): void {
    target.setUint32(offset, this.added, true);
    this.young.forEach((word, i) => target.setUint32(offset + 4 + i * 4, word, true));
    this.old.forEach((word, i) => target.setUint32(offset + 4 + this.bytes + i * 4, word, true));
  }

  read(source: DataView, offset: number): void {
    this.added = source.getUint32(offset, true);
    for (let i = 0; i < this.young.length; i++) {
      this.young[i] = source.getUint32(offset + 4 + i * 4, true);
      this.old[i] = source.getUint32(offset + 4 + this.bytes + i * 4, true);
    }
  }
}

function contains(filter: Uint32Array, key: KeyHash, mask: number): boolean {
  for (let i = 0; i < PROBES; i++) {
    const bit = position(key, i, mask);
    if ((filter[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

function position(key: KeyHash, probe: number, mask: number): number {
  return (key.low + imul(key.high, probe)) & mask;
}
