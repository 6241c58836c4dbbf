type Numbers = Uint8Array | Uint32Array | Float64Array;

/** A growing list of numbers of one width, in memory that threads can share. */
export class NumberColumn<T extends Numbers> {
  private constructor(
    private values: T,
    private length: number,
    private readonly make: (length: number) => T,
  ) {}

  /** @param values what it holds; nothing where they are left out. */
  static of32(values?: Uint32Array): NumberColumn<Uint32Array> {
    return NumberColumn.from(values, (length) => new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT)));
  }

  static of8(values?: Uint8Array): NumberColumn<Uint8Array> {
    return NumberColumn.from(values, (length) => new Uint8Array(new SharedArrayBuffer(length)));
  }

  static ofFloats(values?: Float64Array): NumberColumn<Float64Array> {
    return NumberColumn.from(values, (length) => new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT)));
  }

  private static from<T extends Numbers>(values: T | undefined, make: (length: number) => T): NumberColumn<T> {
    return values === undefined ? new NumberColumn(make(64), 0, make) : new NumberColumn(values, values.length, make);
  }

  /** @returns where it stands. */
  push(value: number): number {
    if (this.length === this.values.length) this.resize(this.length + Math.max(64, this.length >> 1));
    this.values[this.length] = value;
    return this.length++;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  /** The numbers alone, in memory that threads can share. */
  image(): T {
    if (this.length < this.values.length) this.resize(this.length);
    return this.values;
  }

  private resize(length: number): void {
    const resized = this.make(length);
    resized.set(this.values.subarray(0, Math.min(length, this.length)));
    this.values = resized;
  }
}
