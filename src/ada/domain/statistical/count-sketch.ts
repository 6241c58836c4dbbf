import type { KeyHash } from './key-hash.js';

const { imul, min } = Math;
const ROWS = 4;
const MOST = 0xffff;

/**
 * Counts keys in fixed memory: a count-min sketch with conservative update (Cormode and Muthukrishnan 2005; Estan and Varghese 2002).
 * A count is never too low until it is halved, and too high only by collisions in all rows at once. Counts stop at 65,535.
 */
export class CountSketch {
  private readonly cells: Uint16Array;
  private readonly mask: number;

  /** @param width counters in a row, a power of two. */
  constructor(private readonly width: number) {
    this.cells = new Uint16Array(width * ROWS);
    this.mask = width - 1;
  }

  count(key: KeyHash): number {
    let least = MOST;
    for (let row = 0; row < ROWS; row++) least = min(least, this.cells[this.cell(key, row)]!);
    return least;
  }

  /** Counts the key once more and returns its count. */
  increment(key: KeyHash): number {
    const count = min(this.count(key) + 1, MOST);
    for (let row = 0; row < ROWS; row++) {
      const cell = this.cell(key, row);
      if (this.cells[cell]! < count) this.cells[cell] = count;
    }
    return count;
  }

  /** Exponential decay in steps: halves all counts. */
  halve(): void {
    for (let i = 0; i < this.cells.length; i++) this.cells[i]! >>>= 1;
  }

  clear(): void {
    this.cells.fill(0);
  }

  get byteLength(): number {
    return this.cells.byteLength;
  }

  write(target: DataView, offset: number): void {
    this.cells.forEach((count, i) => target.setUint16(offset + i * 2, count, true));
  }

  read(source: DataView, offset: number): void {
    for (let i = 0; i < this.cells.length; i++) this.cells[i] = source.getUint16(offset + i * 2, true);
  }

  private cell(key: KeyHash, row: number): number {
    return row * this.width + ((key.low + imul(key.high, row + 7)) & this.mask);
  }
}
