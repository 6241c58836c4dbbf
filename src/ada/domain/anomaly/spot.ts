import { Greatest } from './greatest.js';
import { exceedance, excessAt, fitParetoTail, type ParetoTail } from './pareto-tail.js';

export interface SpotOptions {
  /** Share of the values above which the tail begins. */
  readonly tailShare: number;
  /** Most values of a generation that make up the tail. */
  readonly peaks: number;
  /** Values of a generation: what lies one to two of them back no longer counts. */
  readonly generation: number;
  /** Values before which nothing is said. */
  readonly least: number;
}

const REFITS_PER_GENERATION = 32;

/**
 * Streaming peaks over threshold (SPOT; Siffer, Fouque, Termier and Largouët 2017): turns a score into the chance that an ordinary score is at
 * least as high, by a generalised Pareto distribution fitted to the highest ordinary ones. The threshold is where the given share of two
 * generations' values lies above, so that it follows a slow drift; memory is fixed, and what replicas saw can be merged.
 */
export class Spot {
  private readonly young: Greatest;
  private readonly old: Greatest;
  private tail: ParetoTail = { shape: 0, scale: 1 };
  private threshold = Infinity;
  private share = 1;
  private untilFit = 0;

  constructor(private readonly options: SpotOptions) {
    this.young = new Greatest(options.peaks);
    this.old = new Greatest(options.peaks);
    this.untilFit = options.least;
  }

  /** True once enough was seen. */
  get isCalibrated(): boolean {
    return this.threshold !== Infinity;
  }

  /** Chance of a score at least as high; 1 below the threshold, where nobody asks, and before enough was seen. */
  chance(score: number): number {
    return score <= this.threshold ? 1 : this.share * exceedance(this.tail, score - this.threshold);
  }

  /** The score that an ordinary one exceeds by this chance. */
  scoreAt(risk: number): number {
    return risk >= this.share ? this.threshold : this.threshold + excessAt(this.tail, risk / this.share);
  }

  /** Learns an ordinary score; what was found anomalous should not be learned. */
  learn(score: number): void {
    if (this.young.count >= this.options.generation) this.turn();
    this.young.add(score);
    if (--this.untilFit <= 0) this.fit();
  }

  /** Takes in what another, of the same options, learned. */
  merge(other: Spot): void {
    this.young.merge(other.young);
    this.old.merge(other.old);
    if (this.young.count + this.old.count >= this.options.least) this.fit();
  }

  get byteLength(): number {
    return this.young.byteLength + this.old.byteLength + 32;
  }

  write(target: DataView, offset: number): void {
    this.young.write(target, offset);
    this.old.write(target, offset + this.young.byteLength);
    const numbers = [this.untilFit, this.threshold, this.share, this.tail.shape, this.tail.scale];
    const at = offset + this.young.byteLength + this.old.byteLength;
    target.setUint32(at, numbers[0]!, true);
    numbers.slice(1).forEach((value, i) => target.setFloat32(at + 4 + i * 4, value, true));
  }

  read(source: DataView, offset: number): void {
    this.young.read(source, offset);
    this.old.read(source, offset + this.young.byteLength);
    const at = offset + this.young.byteLength + this.old.byteLength;
    this.untilFit = source.getUint32(at, true);
    const [threshold, share, shape, scale] = [0, 1, 2, 3].map((i) => source.getFloat32(at + 4 + i * 4, true));
    this.threshold = threshold!;
    this.share = share!;
    this.tail = { shape: shape!, scale: scale! };
  }

  private turn(): void {
    this.old.clear();
    this.old.merge(this.young);
    this.young.clear();
  }

  private fit(): void {
    const { generation, peaks, tailShare } = this.options;
    const seen = this.young.count + this.old.count;
    const highest = Float32Array.from([...this.young.values, ...this.old.values]).sort();
    const wanted = Math.max(8, Math.min(peaks, Math.ceil(seen * tailShare)));
    const from = Math.max(1, highest.length - wanted);
    this.untilFit = Math.ceil(Math.min(seen, generation) / REFITS_PER_GENERATION);
    if (highest.length < 2) return;
    const threshold = highest[from - 1]!;
    const excesses = highest.subarray(from).map((value) => value - threshold);
    this.threshold = Math.fround(threshold);
    this.share = Math.fround(excesses.length / seen);
    const { shape, scale } = fitParetoTail(excesses);
    this.tail = { shape: Math.fround(shape), scale: Math.fround(scale) };
  }
}
