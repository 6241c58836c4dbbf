import type { KeyHash } from './key-hash.js';

const LOW = 0;
const HIGH = 1;
const WINDOW = 2;
const HEAD = 3;

/** How many entities a table holds, and what of each. */
export interface SlotShape {
  /** A power of two, and at least `ways`. */
  readonly entities: number;
  /** Entities in a set, which compete for its places. */
  readonly ways: number;
  /** Words of 32 bits that are kept of an entity. */
  readonly fields: number;
}

/**
 * Words kept of entities in fixed memory, with the latest window that each was seen in: a set-associative table, in which a newcomer takes the
 * place of the one of its set that is longest silent. A slot is the position of its entity's first word.
 */
export class EntitySlots {
  readonly integers: Uint32Array;
  /** The same words, as real numbers. */
  readonly reals: Float32Array;
  private readonly sets: number;
  private readonly stride: number;

  constructor(private readonly shape: SlotShape) {
    this.stride = HEAD + shape.fields;
    this.sets = shape.entities / shape.ways;
    this.integers = new Uint32Array(shape.entities * this.stride);
    this.reals = new Float32Array(this.integers.buffer);
  }

  /** The entity's slot; all words are 0, and its window is the given one, where it was not there. */
  slotOf({ low, high }: KeyHash, window: number): number {
    const { integers, stride } = this;
    const first = (low & (this.sets - 1)) * this.shape.ways * stride;
    let oldest = first;
    for (let at = first; at < first + this.shape.ways * stride; at += stride) {
      if (integers[at + LOW] === low >>> 0 && integers[at + HIGH] === high >>> 0) return at + HEAD;
      if (integers[at + WINDOW]! < integers[oldest + WINDOW]!) oldest = at;
    }
    integers.fill(0, oldest, oldest + stride);
    integers[oldest + LOW] = low;
    integers[oldest + HIGH] = high;
    integers[oldest + WINDOW] = window;
    return oldest + HEAD;
  }

  /** Moves a slot on to a window; false where it is there or later already. */
  moveOn(slot: number, window: number): boolean {
    const at = slot - HEAD + WINDOW;
    if (this.integers[at]! >= window) return false;
    this.integers[at] = window;
    return true;
  }

  /** Takes entities that are in a later window to the given one. */
  comeBack(window: number): void {
    const { integers, stride } = this;
    for (let at = WINDOW; at < integers.length; at += stride) integers[at] = Math.min(integers[at]!, window);
  }

  get byteLength(): number {
    return this.integers.byteLength;
  }

  write(target: DataView, offset: number): void {
    this.integers.forEach((word, i) => target.setUint32(offset + i * 4, word, true));
  }

  read(source: DataView, offset: number): void {
    for (let i = 0; i < this.integers.length; i++) this.integers[i] = source.getUint32(offset + i * 4, true);
  }
}
