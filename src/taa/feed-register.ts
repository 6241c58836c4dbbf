import type { Clock } from '../platform/clock/clock.js';
import type { Metrics } from '../platform/observability/metrics.js';
import { UnusableAnswer } from '../platform/outbound/unusable-answer.js';
import { UnwelcomeStatus } from '../platform/resilience/verdict.js';
import type { FeedStatus } from './domain/feed-status.js';
import { IndicatorError } from './domain/indicator-error.js';

const MAX_REASON = 200;

/** How each feed does, since the start. */
export class FeedRegister {
  private readonly statuses = new Map<string, FeedStatus>();
  private readonly since: number;

  constructor(
    names: readonly string[],
    private readonly clock: Clock,
  ) {
    this.since = clock.now();
    for (const name of names) this.note(name, {});
  }

  /** In the order of the configuration. */
  list(): readonly FeedStatus[] {
    return [...this.statuses.values()];
  }

  /** The feed could be read. @param counts of its content, where that has changed. */
  read(name: string, counts?: Pick<FeedStatus, 'indicators' | 'withheld' | 'unsupported'>): void {
    this.note(name, { ...counts, read_at: this.clock.isoNow(), failed_at: null, failure: null });
  }

  /** The feed could not be read or understood; what it brought last stays. */
  failed(name: string, error: unknown): void {
    const isSaid = error instanceof IndicatorError || error instanceof UnusableAnswer || error instanceof UnwelcomeStatus;
    const failure = isSaid ? error.message.slice(0, MAX_REASON) : 'the feed cannot be reached; the log says why';
    if (this.statuses.has(name)) this.note(name, { failed_at: this.clock.isoNow(), failure });
  }

  /** What the feed brought could not be given to some tenants, who keep what they have. */
  undelivered(name: string, tenants: number): void {
    this.note(name, { failed_at: this.clock.isoNow(), failure: `could not be brought to ${tenants} of the tenants; the log says why` });
  }

  /** Adds the gauges that tell of the feeds. */
  measure(metrics: Metrics): void {
    metrics.gaugeOf('intel_feed_age_seconds', 'Time since an intelligence feed could be read', ['feed'], () =>
      this.readings((status) => this.ageOf(status)),
    );
    metrics.gaugeOf('intel_feed_indicators', 'Indicators in force of an intelligence feed', ['feed'], () =>
      this.readings(({ indicators }) => indicators),
    );
  }

  private *readings(read: (status: FeedStatus) => number): Generator<readonly [{ readonly feed: string }, number]> {
    for (const status of this.statuses.values()) yield [{ feed: status.name }, read(status)];
  }

  private ageOf({ read_at: at }: FeedStatus): number {
    return (this.clock.now() - (at === null ? this.since : Date.parse(at))) / 1_000;
  }

  private note(name: string, change: Partial<FeedStatus>): void {
    const nothing: FeedStatus = { name, read_at: null, failed_at: null, failure: null, indicators: 0, withheld: 0, unsupported: 0 };
    this.statuses.set(name, { ...nothing, ...this.statuses.get(name), ...change });
  }
}
