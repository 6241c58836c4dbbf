import type { CorrelationWindow } from './correlation-window.js';
import type { Sighting } from './sighting.js';
import { Timeline } from './timeline.js';

/** Most values that a group keeps for its sum, average or percentile; of more the oldest are let go of. */
const MAX_SAMPLES = 10_000;
const REMOVALS_BETWEEN_SUMS = 4_096;

/** Keeps values with their times; what they come to is kept up to date as they come and go. */
export abstract class Samples implements CorrelationWindow {
  private readonly timeline = new Timeline();

  get length(): number {
    return this.timeline.length;
  }

  add(sighting: Sighting): void {
    this.timeline.add(sighting);
    this.enter(sighting.value);
    if (this.timeline.length > MAX_SAMPLES) this.drop();
  }

  measure(after: number, latest: Sighting): number {
    for (let { first } = this.timeline; first !== undefined && first.time <= after; { first } = this.timeline) this.drop();
    return this.result(latest.value);
  }

  sightings(): readonly Sighting[] {
    return [...this.timeline];
  }

  evidence(): readonly Sighting[] {
    return this.sightings();
  }

  protected abstract enter(value: string | number): void;
  protected abstract leave(value: string | number): void;
  /** @param latest the value that came last, which is among those that are kept. */
  protected abstract result(latest: string | number): number;

  private drop(): void {
    const dropped = this.timeline.shift();
    if (dropped !== undefined) this.leave(dropped.value);
  }
}

/** Adds values up. The sum is added up anew now and then, so that what rounding leaves does not grow. */
export class ValueSum extends Samples {
  private sum = 0;
  private removals = 0;

  protected enter(value: string | number): void {
    this.sum += Number(value);
  }

  protected leave(value: string | number): void {
    this.sum -= Number(value);
    if (this.length > 0 && ++this.removals < REMOVALS_BETWEEN_SUMS) return;
    this.removals = 0;
    this.sum = this.sightings().reduce((sum, sighting) => sum + Number(sighting.value), 0);
  }

  protected result(_latest: string | number): number {
    return this.sum;
  }
}

/** Averages values. */
export class ValueAverage extends ValueSum {
  protected override result(latest: string | number): number {
    return super.result(latest) / this.length;
  }
}

/** A percentile of values by nearest rank: the least value that so many percent of all are not greater than. */
export class ValuePercentile extends Samples {
  private readonly sorted: number[] = [];
  private readonly millionths: number;

  /** @param percentile 0 to 100; six decimals of it count. */
  constructor(percentile: number) {
    super();
    this.millionths = Math.round(percentile * 1e6);
  }

  protected enter(value: string | number): void {
    this.sorted.splice(this.placeOf(Number(value)), 0, Number(value));
  }

  protected leave(value: string | number): void {
    this.sorted.splice(this.placeOf(Number(value)), 1);
  }

  protected result(): number {
    const rank = Math.ceil((this.millionths * this.sorted.length) / 1e8);
    return this.sorted[Math.max(0, rank - 1)] ?? Number.NaN;
  }

  /** Index of the first that is not less. */
  private placeOf(value: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The share, in percent, that the value that came last has among all. */
export class ValueShare extends Samples {
  private readonly counts = new Map<string | number, number>();

  protected enter(value: string | number): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + 1);
  }

  protected leave(value: string | number): void {
    const left = (this.counts.get(value) ?? 0) - 1;
    if (left > 0) this.counts.set(value, left);
    else this.counts.delete(value);
  }

  protected result(latest: string | number): number {
    return (100 * (this.counts.get(latest) ?? 0)) / this.length;
  }
}
