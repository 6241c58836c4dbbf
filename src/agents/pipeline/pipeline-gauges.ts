import type { BusinessEvents } from '../../platform/observability/business-events.js';
import type { Metrics } from '../../platform/observability/metrics.js';
import type { ThreadGauges } from '../../platform/observability/thread-gauges.js';
import type { PipelineVitals } from './pipeline-protocol.js';

/** What the pipeline threads report, as metrics. */
export class PipelineGauges {
  private readonly oldest = new Map<number, number | null>();
  private readonly remembered = new Map<number, number>();

  /** @param now milliseconds since the epoch. */
  constructor(
    private readonly metrics: Metrics,
    private readonly threads: ThreadGauges,
    private readonly events: BusinessEvents,
    now: () => number,
  ) {
    metrics.gauge('inspection_lag_seconds', 'Age of the oldest event that is stored and not inspected; 0 where there is none', () => {
      const waiting = [...this.oldest.values()].filter((at) => at !== null);
      return waiting.length === 0 ? 0 : Math.max(0, (now() - Math.min(...waiting)) / 1_000);
    });
    metrics.gauge('detection_cache_bytes', 'Bytes that detection holds of field values it has met, which it bounds', () =>
      [...this.remembered.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
  }

  report(thread: number, vitals: PipelineVitals): void {
    const { delay, heap, uninspectedSince, stored, remembered, uncorrelated, untried, leftOut } = vitals;
    this.threads.report(nameOf(thread), { delay, heap });
    this.oldest.set(thread, uninspectedSince);
    this.remembered.set(thread, remembered);
    this.metrics.correlationLosses.inc({ kind: 'evicted' }, uncorrelated.evicted);
    this.metrics.correlationLosses.inc({ kind: 'late' }, uncorrelated.late);
    this.metrics.untriedPatterns.inc({}, untried);
    for (const [tenant, detections] of leftOut) this.events.detectionsLeftOut(tenant, detections);
    for (const [operation, seconds] of stored) this.metrics.storeOperations.observe({ store: 'events', operation }, seconds);
  }

  /** A thread is lost; what it had not inspected stays so. */
  lost(thread: number): void {
    this.threads.forget(nameOf(thread));
    this.remembered.delete(thread);
  }
}

function nameOf(thread: number): string {
  return `pipeline-${thread}`;
}
