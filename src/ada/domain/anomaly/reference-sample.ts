import { SortedColumns } from './sorted-columns.js';

/**
 * What is usual: a sample of fixed size of the points learned, in which a point of half a lifetime ago weighs half. Each point gets a lot that
 * its draw and its time decide, and the lowest lots are kept (Efraimidis and Spirakis 2006, with the forward decay of Cormode et al. 2009), so
 * that two samples merge into the one that would have been drawn from both streams together.
 */
export class ReferenceSample {
  readonly points: Float32Array;
  readonly columns: SortedColumns;
  private readonly lots: Float64Array;
  private held = 0;
  private worst = 0;

  /** @param capacity points held. @param width numbers of a point. @param halfLife in the unit of the times given to `offer`. */
  constructor(
    readonly capacity: number,
    readonly width: number,
    private readonly halfLife: number,
  ) {
    this.points = new Float32Array(capacity * width);
    this.lots = new Float64Array(capacity);
    this.columns = new SortedColumns(capacity, width);
  }

  get size(): number {
    return this.held;
  }

  /**
   * Offers a point.
   * @param time never below that of an earlier point by much; in the half-life's unit.
   * @param draw from 0 to below 1, evenly distributed.
   * @returns whether the point was taken.
   */
  offer(point: ArrayLike<number>, time: number, draw: number): boolean {
    return this.place(point, 0, Math.log(-Math.log(1 - draw) + Number.MIN_VALUE) - (time * Math.LN2) / this.halfLife);
  }

  /** Takes in what another sample of the same shape holds. */
  merge(other: ReferenceSample): void {
    for (let i = 0; i < other.held; i++) this.place(other.points, i * this.width, other.lots[i]!);
  }

  get byteLength(): number {
    return 4 + this.points.byteLength + this.lots.byteLength;
  }

  write(target: DataView, offset: number): void {
    target.setUint32(offset, this.held, true);
    this.points.forEach((value, i) => target.setFloat32(offset + 4 + i * 4, value, true));
    this.lots.forEach((lot, i) => target.setFloat64(offset + 4 + this.points.byteLength + i * 8, lot, true));
  }

  read(source: DataView, offset: number): void {
    for (; this.held > 0; this.held--) this.columns.remove(this.points, (this.held - 1) * this.width);
    this.held = Math.min(this.capacity, source.getUint32(offset, true));
    for (let i = 0; i < this.points.length; i++) this.points[i] = source.getFloat32(offset + 4 + i * 4, true);
    for (let i = 0; i < this.lots.length; i++) this.lots[i] = source.getFloat64(offset + 4 + this.points.byteLength + i * 8, true);
    for (let i = 0; i < this.held; i++) this.columns.add(this.points, i * this.width);
    this.findWorst();
  }

  private place(from: ArrayLike<number>, offset: number, lot: number): boolean {
    const isFull = this.held === this.capacity;
    if (isFull && lot >= this.lots[this.worst]!) return false;
    const at = isFull ? this.worst : this.held++;
    if (isFull) this.columns.remove(this.points, at * this.width);
    this.columns.add(from, offset);
    this.lots[at] = lot;
    for (let i = 0; i < this.width; i++) this.points[at * this.width + i] = from[offset + i]!;
    if (this.held === this.capacity) this.findWorst();
    return true;
  }

  private findWorst(): void {
    this.worst = 0;
    for (let i = 1; i < this.held; i++) if (this.lots[i]! > this.lots[this.worst]!) this.worst = i;
  }
}
