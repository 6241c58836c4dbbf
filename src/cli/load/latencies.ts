import { build, type Histogram } from 'hdr-histogram-js';

const LONGEST_MICROS = 3.6e9;
/** Steps of the drawn distribution: each is wider than the one before by half. */
const FIRST_STEP_MS = 0.5;
const STEP = 1.5;

/** Times in milliseconds. */
export interface LatencySummary {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p99_9: number;
  readonly max: number;
  readonly mean: number;
}

/** One step of a distribution: how many took at most so long, and longer than the step before. */
export interface LatencyStep {
  readonly up_to_ms: number;
  readonly count: number;
}

/** Every latency, to three digits, in bounded memory (HdrHistogram). */
export class Latencies {
  private readonly histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_MICROS,
    numberOfSignificantValueDigits: 3,
  });
  private readonly counts: number[] = [];

  record(ms: number): void {
    this.histogram.recordValue(Math.min(LONGEST_MICROS, Math.max(1, Math.round(ms * 1_000))));
    const step = Math.max(0, Math.ceil(Math.log(ms / FIRST_STEP_MS) / Math.log(STEP)));
    this.counts[step] = (this.counts[step] ?? 0) + 1;
  }

  summary(): LatencySummary {
    const { histogram } = this;
    const at = (percentile: number): number => (histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1_000);
    return { p50: at(50), p90: at(90), p99: at(99), p99_9: at(99.9), max: at(100), mean: histogram.mean / 1_000 || 0 };
  }

  /** From the first step that has any to the last. */
  distribution(): readonly LatencyStep[] {
    const all = Array.from<number | undefined, LatencyStep>(this.counts, (count, step) => ({
      up_to_ms: Math.round(FIRST_STEP_MS * STEP ** step * 10) / 10,
      count: count ?? 0,
    }));
    return all.slice(all.findIndex(({ count }) => count > 0));
  }
}
