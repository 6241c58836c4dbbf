/** The greatest of all values it was shown, and how many those were: fixed memory; two of them merge into what one would be that saw both. */
export class Greatest {
  private readonly heap: Float32Array;
  private size = 0;
  private seen = 0;

  /** @param capacity how many are kept. */
  constructor(readonly capacity: number) {
    this.heap = new Float32Array(capacity);
  }

  /** How many values were shown. */
  get count(): number {
    return this.seen;
  }

  /** The kept values, in no order that means anything. */
  get values(): Float32Array {
    return this.heap.subarray(0, this.size);
  }

  add(value: number): void {
    this.seen++;
    this.keep(value);
  }

  /** Takes in what another saw. */
  merge(other: Greatest): void {
    this.seen += other.seen;
    for (const value of other.values) this.keep(value);
  }

  clear(): void {
    this.size = 0;
    this.seen = 0;
  }

  get byteLength(): number {
    return 8 + this.heap.byteLength;
  }

  write(target: DataView, offset: number): void {
    target.setUint32(offset, this.seen, true);
    target.setUint32(offset + 4, this.size, true);
    this.heap.forEach((value, i) => target.setFloat32(offset + 8 + i * 4, i < this.size ? value : 0, true));
  }

  read(source: DataView, offset: number): void {
    this.seen = source.getUint32(offset, true);
    this.size = Math.min(this.capacity, source.getUint32(offset + 4, true));
    for (let i = 0; i < this.size; i++) this.heap[i] = source.getFloat32(offset + 8 + i * 4, true);
  }

  private keep(value: number): void {
    if (this.size < this.capacity) this.rise(value);
    else if (value > this.heap[0]!) this.sink(value);
  }

  private rise(value: number): void {
    const { heap } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= value) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = value;
  }

  private sink(value: number): void {
    const { heap, size } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= value) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = value;
  }
}
