type Numbers = Uint8Array | Uint32Array | Float64Array;

/** A growing list of numbers of one width. */
export class NumberColumn<T extends Numbers> {
  private length = 0;

  /** @param values of any length from 1 on; the list begins empty. */
  constructor(
    private values: T,
    private readonly make: (length: number) => T,
  ) {}

  static of32(): NumberColumn<Uint32Array> {
    return new NumberColumn(new Uint32Array(64), (length) => new Uint32Array(length));
  }

  static of8(): NumberColumn<Uint8Array> {
    return new NumberColumn(new Uint8Array(64), (length) => new Uint8Array(length));
  }

  static ofFloats(): NumberColumn<Float64Array> {
    return new NumberColumn(new Float64Array(64), (length) => new Float64Array(length));
  }

  /** @returns where it stands. */
  push(value: number): number {
    if (this.length === this.values.length) {
      const larger = this.make(this.length + Math.max(64, this.length >> 1));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    return this.length++;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }
}
