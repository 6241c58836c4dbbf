/** The last values of a series with their times. */
export class RecentValues {
  private readonly values: Float64Array;
  private readonly times: Float64Array;
  private added = 0;

  constructor(private readonly capacity: number) {
    this.values = new Float64Array(capacity);
    this.times = new Float64Array(capacity);
  }

  add(time: number, value: number): void {
    this.values[this.added % this.capacity] = value;
    this.times[this.added % this.capacity] = time;
    this.added++;
  }

  /** Mean of the values after a time, of the last one at least. */
  meanSince(time: number): number {
    let sum = 0;
    let count = 0;
    for (let i = this.added - 1; i >= 0 && i >= this.added - this.capacity; i--) {
      if (count > 0 && this.times[i % this.capacity]! <= time) break;
      sum += this.values[i % this.capacity]!;
      count++;
    }
    return count === 0 ? 0 : sum / count;
  }

  /** Standard deviation of all values held. */
  spread(): number {
    const count = Math.min(this.added, this.capacity);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.values[i]!;
    const mean = sum / count;
    let squares = 0;
    for (let i = 0; i < count; i++) squares += (this.values[i]! - mean) ** 2;
    return Math.sqrt(squares / count);
  }

  get byteLength(): number {
    return 8 + this.values.byteLength * 2;
  }

  write(target: DataView, offset: number): void {
    target.setFloat64(offset, this.added, true);
    this.values.forEach((value, i) => target.setFloat64(offset + 8 + i * 8, value, true));
    this.times.forEach((time, i) => target.setFloat64(offset + 8 + this.values.byteLength + i * 8, time, true));
  }

  read(source: DataView, offset: number): void {
    this.added = source.getFloat64(offset, true);
    for (let i = 0; i < this.capacity; i++) {
      this.values[i] = source.getFloat64(offset + 8 + i * 8, true);
      this.times[i] = source.getFloat64(offset + 8 + this.values.byteLength + i * 8, true);
    }
  }
}
