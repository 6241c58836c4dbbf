/** Rows of a count-min sketch, and counters in each: a power of two. */
export interface SketchShape {
  readonly rows: number;
  readonly width: number;
}

/**
 * What a MIDAS detector holds of one kind of key (edges, sources or destinations): count-min sketches (Cormode and Muthukrishnan 2005) of the
 * tick that runs and of all ticks, and what each counter scored last.
 */
export class EdgeTables {
  readonly current: Float32Array;
  readonly total: Float32Array;
  readonly scores: Float32Array;
  private readonly mask: number;

  constructor(
    private readonly shape: SketchShape,
    private readonly seed: number,
  ) {
    const cells = shape.rows * shape.width;
    this.current = new Float32Array(cells);
    this.total = new Float32Array(cells);
    this.scores = new Float32Array(cells);
    this.mask = shape.width - 1;
  }

  /** Where a key's counter is in a row. */
  cell(key: number, row: number): number {
    let mixed = key ^ Math.imul(this.seed + row + 1, 0x9e37_79b1);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return row * this.shape.width + ((mixed ^ (mixed >>> 15)) & this.mask);
  }

  /** Counts a key in the running tick. */
  count(key: number): void {
    for (let row = 0; row < this.shape.rows; row++) this.current[this.cell(key, row)]!++;
  }

  /** The key's counter in one of the sketches: the least of its rows, never below the truth while nothing decays. */
  least(sketch: Float32Array, key: number): number {
    let least = Infinity;
    for (let row = 0; row < this.shape.rows; row++) least = Math.min(least, sketch[this.cell(key, row)]!);
    return least;
  }

  /** Remembers what a key scored. */
  mark(key: number, score: number): void {
    for (let row = 0; row < this.shape.rows; row++) this.scores[this.cell(key, row)] = score;
  }

  /** Adds what another replica, of the same shape and seed, counted; the higher of two scores stays. */
  merge(other: EdgeTables): void {
    for (let i = 0; i < this.total.length; i++) {
      this.current[i]! += other.current[i]!;
      this.total[i]! += other.total[i]!;
      this.scores[i] = Math.max(this.scores[i]!, other.scores[i]!);
    }
  }

  get byteLength(): number {
    return this.current.byteLength * 3;
  }

  write(target: DataView, offset: number): void {
    let at = offset;
    for (const sketch of [this.current, this.total, this.scores]) {
      for (const value of sketch) {
        target.setFloat32(at, value, true);
        at += 4;
      }
    }
  }

  read(source: DataView, offset: number): void {
    let at = offset;
    for (const sketch of [this.current, this.total, this.scores]) {
      for (let i = 0; i < sketch.length; i++, at += 4) sketch[i] = source.getFloat32(at, true);
    }
  }
}
