/** The values of a sample's points, sorted in each dimension, and kept so as points come and go. */
export class SortedColumns {
  private readonly values: Float32Array;
  private size = 0;

  constructor(
    private readonly capacity: number,
    private readonly width: number,
  ) {
    this.values = new Float32Array(capacity * width);
  }

  add(points: ArrayLike<number>, offset: number): void {
    for (let dimension = 0; dimension < this.width; dimension++) {
      const value = Math.fround(points[offset + dimension]!);
      const from = dimension * this.capacity;
      const at = this.below(from, value);
      this.values.copyWithin(at + 1, at, from + this.size);
      this.values[at] = value;
    }
    this.size++;
  }

  remove(points: ArrayLike<number>, offset: number): void {
    for (let dimension = 0; dimension < this.width; dimension++) {
      const from = dimension * this.capacity;
      const at = this.below(from, Math.fround(points[offset + dimension]!));
      this.values.copyWithin(at, at + 1, from + this.size);
    }
    this.size--;
  }

  /**
   * How far out a point lies, on the mean over the dimensions: bits of the share of values that lie no nearer to the low end, or to the high end
   * if that is more (after ECOD, Li et al. 2022).
   */
  tail(point: ArrayLike<number>): number {
    let left = 0;
    let right = 0;
    for (let dimension = 0; dimension < this.width; dimension++) {
      left += this.bits(dimension, point[dimension]!, -1);
      right += this.bits(dimension, point[dimension]!, 1);
    }
    return Math.max(left, right) / this.width;
  }

  /** The dimension in which a point lies farthest out, and the middle of the values there. */
  farthest(point: ArrayLike<number>): { readonly dimension: number; readonly usual: number } {
    let dimension = 0;
    let most = -1;
    for (let one = 0; one < this.width; one++) {
      const bits = Math.max(this.bits(one, point[one]!, -1), this.bits(one, point[one]!, 1));
      if (bits > most) [dimension, most] = [one, bits];
    }
    return { dimension, usual: this.quantile(dimension, 0.5) };
  }

  /** The value below which a share of a dimension's values lies. */
  quantile(dimension: number, share: number): number {
    return this.values[dimension * this.capacity + Math.floor(share * (this.size - 1))]!;
  }

  /** First place in the column at `from` whose value is not below. */
  private below(from: number, value: number): number {
    let low = from;
    let high = from + this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Bits of the share of a dimension's values that lie as far to a side (-1: low, 1: high) as a value or farther. */
  private bits(dimension: number, value: number, side: -1 | 1): number {
    const from = dimension * this.capacity;
    const exact = Math.fround(value);
    const farther = side < 0 ? this.upTo(from, exact) - from : from + this.size - this.below(from, exact);
    return -Math.log2((farther + 0.5) / (this.size + 1));
  }

  private upTo(from: number, value: number): number {
    let low = from;
    let high = from + this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
