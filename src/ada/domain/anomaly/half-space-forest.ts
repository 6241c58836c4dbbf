import type { ReferenceSample } from './reference-sample.js';
import type { SeededChance } from './seeded-chance.js';

const DEPTH = 5;
const INNER = 2 ** DEPTH - 1;
const NODES = 2 ** (DEPTH + 1) - 1;
const NO_CUT = 255;
/** What a depth weighs beside the next one. */
const SHALLOWER = 0.5;
/** Share of the cuts drawn evenly in the logarithm. */
const LOGARITHMIC = 0.4;

/**
 * An ensemble of half-space trees over a reference sample (Tan, Ting and Liu 2011): each node cuts space in two and holds the share of the
 * sample that lies in it. Cuts are drawn at random within the range of the sample in the node (as in isolation trees, Liu, Ting and Zhou 2008),
 * so that the scale of a dimension does not matter. Trees are shallow, and a point is judged at each depth by how crowded its half-spaces are
 * compared with evenly filled ones, by the middle half of the trees: neither one far cut nor one dense cluster decides.
 */
export class HalfSpaceForest {
  private readonly dimensions: Uint8Array;
  private readonly cuts: Float32Array;
  private readonly masses: Uint16Array;
  private readonly crowding: Float32Array;
  private readonly order: Uint16Array;
  private next = 0;
  private built = 0;

  /** @param trees how many; @param sample of at most 65,535 points and 255 dimensions. */
  constructor(
    private readonly trees: number,
    private readonly sample: ReferenceSample,
    private readonly chance: SeededChance,
  ) {
    this.dimensions = new Uint8Array(trees * INNER).fill(NO_CUT);
    this.cuts = new Float32Array(trees * INNER);
    this.masses = new Uint16Array(trees * NODES);
    this.crowding = new Float32Array(trees);
    this.order = new Uint16Array(sample.capacity);
  }

  /** True once every tree was grown. */
  get isGrown(): boolean {
    return this.built === this.trees;
  }

  /** Grows the next trees anew over the sample as it is now. */
  regrow(count: number): void {
    const { order, sample } = this;
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < sample.size; p++) order[p] = p;
      this.grow(this.next, 0, 0, sample.size);
      this.next = (this.next + 1) % this.trees;
      this.built = Math.min(this.trees, this.built + 1);
    }
  }

  /** How far from the crowd a point is: 0 where space is filled evenly, negative in a crowd; each point more is half as crowded. */
  score(point: ArrayLike<number>): number {
    for (let tree = 0; tree < this.trees; tree++) this.crowding[tree] = this.crowdingIn(tree, point);
    this.crowding.sort();
    const from = this.trees >> 2;
    const to = this.trees - from;
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.crowding[i]!;
    return -Math.log2(sum / (to - from) + 0.5 / this.sample.capacity);
  }

  get byteLength(): number {
    return 8 + this.dimensions.byteLength + this.cuts.byteLength + this.masses.byteLength;
  }

  write(target: DataView, offset: number): void {
    target.setUint32(offset, this.next, true);
    target.setUint32(offset + 4, this.built, true);
    let at = offset + 8;
    for (const dimension of this.dimensions) target.setUint8(at++, dimension);
    this.cuts.forEach((cut, i) => target.setFloat32(at + i * 4, cut, true));
    at += this.cuts.byteLength;
    this.masses.forEach((mass, i) => target.setUint16(at + i * 2, mass, true));
  }

  read(source: DataView, offset: number): void {
    this.next = source.getUint32(offset, true) % this.trees;
    this.built = Math.min(this.trees, source.getUint32(offset + 4, true));
    let at = offset + 8;
    for (let i = 0; i < this.dimensions.length; i++) this.dimensions[i] = source.getUint8(at++);
    for (let i = 0; i < this.cuts.length; i++) this.cuts[i] = source.getFloat32(at + i * 4, true);
    at += this.cuts.byteLength;
    for (let i = 0; i < this.masses.length; i++) this.masses[i] = source.getUint16(at + i * 2, true);
  }

  private crowdingIn(tree: number, point: ArrayLike<number>): number {
    const inner = tree * INNER;
    const nodes = tree * NODES;
    const whole = this.masses[nodes]!;
    let node = 0;
    let sum = 0;
    let depth = 0;
    let of = 0;
    while (node < INNER) {
      const dimension = this.dimensions[inner + node]!;
      if (dimension === NO_CUT) break;
      node = 2 * node + (point[dimension]! < this.cuts[inner + node]! ? 1 : 2);
      depth++;
      sum = sum * SHALLOWER + this.masses[nodes + node]! * 2 ** depth;
      of = of * SHALLOWER + 1;
    }
    return depth === 0 ? 1 : sum / (of * whole);
  }

  private grow(tree: number, node: number, from: number, to: number): void {
    this.masses[tree * NODES + node] = to - from;
    if (node >= INNER) return;
    const at = tree * INNER + node;
    this.dimensions[at] = NO_CUT;
    if (to - from < 2) return;
    const cut = this.drawCut(from, to);
    if (cut === undefined) return;
    this.dimensions[at] = cut.dimension;
    this.cuts[at] = cut.value;
    const middle = this.divide(cut.dimension, this.cuts[at], from, to);
    this.grow(tree, 2 * node + 1, from, middle);
    this.grow(tree, 2 * node + 2, middle, to);
  }

  /** A place in a dimension in which the points differ; `undefined` where none was found. */
  private drawCut(from: number, to: number): { readonly dimension: number; readonly value: number } | undefined {
    const { sample, order, chance } = this;
    for (let tried = 0; tried < 2 * sample.width; tried++) {
      const chosen = chance.below(sample.width);
      let low = Infinity;
      let high = -Infinity;
      for (let i = from; i < to; i++) {
        const value = sample.points[order[i]! * sample.width + chosen]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high > low) return { dimension: chosen, value: this.drawBetween(chosen, low, high) };
    }
    return undefined;
  }

  /** Most cuts evenly in the value itself, the others evenly in its logarithm on both sides of the middle: that sees what a few far values hide. */
  private drawBetween(dimension: number, low: number, high: number): number {
    const { columns } = this.sample;
    const spread = columns.quantile(dimension, 0.75) - columns.quantile(dimension, 0.25);
    const place = this.chance.next();
    if (spread === 0 || this.chance.next() >= LOGARITHMIC) return low + place * (high - low);
    const middle = columns.quantile(dimension, 0.5);
    const from = Math.asinh((low - middle) / spread);
    const to = Math.asinh((high - middle) / spread);
    return Math.min(high, middle + spread * Math.sinh(from + place * (to - from)));
  }

  private divide(dimension: number, cut: number, from: number, to: number): number {
    const { sample, order } = this;
    let left = from;
    for (let i = from; i < to; i++) {
      const point = order[i]!;
      if (sample.points[point * sample.width + dimension]! >= cut) continue;
      order[i] = order[left]!;
      order[left++] = point;
    }
    return left;
  }
}
