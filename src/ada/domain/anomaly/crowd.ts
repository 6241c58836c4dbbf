import { HalfSpaceForest } from './half-space-forest.js';
import { ReferenceSample } from './reference-sample.js';
import type { SeededChance } from './seeded-chance.js';
import { ANOMALY } from './tuning.js';

export interface CrowdOptions {
  readonly points: number;
  readonly trees: number;
  readonly least: number;
  readonly regrown: number;
  readonly halfLife: number;
}

/** A reference of the past and the forest over it, a few trees of which are grown anew whenever the reference takes a point. */
export class Crowd {
  private readonly sample: ReferenceSample;
  private readonly forest: HalfSpaceForest;
  private offered = 0;

  constructor(
    width: number,
    private readonly options: CrowdOptions,
    private readonly chance: SeededChance,
  ) {
    this.sample = new ReferenceSample(options.points, width, options.halfLife);
    this.forest = new HalfSpaceForest(options.trees, this.sample, chance);
  }

  /** True once all trees were grown. */
  get isReady(): boolean {
    return this.forest.isGrown;
  }

  /** How far out a point lies: in bits, higher is farther. */
  score(point: ArrayLike<number>): number {
    return this.forest.score(point) + ANOMALY.tailWeight * this.sample.columns.tail(point);
  }

  /** The dimension in which the point lies farthest out, and the middle of what is usual there. */
  farthest(point: ArrayLike<number>): { readonly dimension: number; readonly usual: number } {
    return this.sample.columns.farthest(point);
  }

  learn(point: ArrayLike<number>): void {
    if (!this.sample.offer(point, ++this.offered, this.chance.next())) return;
    if (this.sample.size >= this.options.least) this.forest.regrow(this.options.regrown);
  }

  get byteLength(): number {
    return 8 + this.sample.byteLength + this.forest.byteLength;
  }

  write(target: DataView, offset: number): void {
    target.setFloat64(offset, this.offered, true);
    this.sample.write(target, offset + 8);
    this.forest.write(target, offset + 8 + this.sample.byteLength);
  }

  read(source: DataView, offset: number): void {
    this.offered = source.getFloat64(offset, true);
    this.sample.read(source, offset + 8);
    this.forest.read(source, offset + 8 + this.sample.byteLength);
  }
}
