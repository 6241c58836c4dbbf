import { Latencies, type LatencyStep, type LatencySummary } from './latencies.js';
import type { Delivery } from './load-client.js';

/** A second of the run, by when its requests were due. */
export interface LoadSecond {
  due: number;
  ok: number;
  failed: number;
  /** Events accepted. */
  events: number;
  longest_ms: number;
}

/** Counts of a run. */
export interface LoadCounts {
  readonly due: number;
  readonly ok: number;
  readonly failed: number;
  /** Due, and never sent: more than may be were under way. */
  readonly not_sent: number;
  readonly retries: number;
}

/** Adds up what becomes of the requests. */
export class LoadTally {
  readonly seconds: LoadSecond[] = [];
  readonly attempts: Record<string, number> = {};
  readonly events = { sent: 0, accepted: 0, duplicates: 0, rejected: 0 };
  private readonly latencies = new Latencies();
  private readonly count = { due: 0, ok: 0, failed: 0, not_sent: 0, retries: 0 };
  private sentBytes = 0;

  get counts(): LoadCounts {
    return this.count;
  }

  get bytes(): number {
    return this.sentBytes;
  }

  /** A request is due, `at` seconds after the beginning. */
  due(at: number): void {
    this.count.due += 1;
    this.secondOf(at).due += 1;
  }

  notSent(at: number): void {
    this.count.not_sent += 1;
    this.secondOf(at).failed += 1;
  }

  /** A request is answered for good, `ms` after it was due. */
  done(at: number, ms: number, batch: { readonly events: number; readonly body: Buffer }, delivery: Delivery): void {
    const second = this.secondOf(at);
    this.count[delivery.ok ? 'ok' : 'failed'] += 1;
    second[delivery.ok ? 'ok' : 'failed'] += 1;
    second.events += delivery.accepted;
    second.longest_ms = Math.max(second.longest_ms, ms);
    if (delivery.ok) this.latencies.record(ms);
    this.count.retries += delivery.attempts.length - 1;
    this.sentBytes += batch.body.length * delivery.attempts.length;
    for (const outcome of delivery.attempts) this.attempts[outcome] = (this.attempts[outcome] ?? 0) + 1;
    this.events.sent += batch.events;
    this.events.accepted += delivery.accepted;
    this.events.duplicates += delivery.duplicates;
    this.events.rejected += delivery.rejected;
  }

  latency(): LatencySummary {
    return this.latencies.summary();
  }

  distribution(): readonly LatencyStep[] {
    return this.latencies.distribution();
  }

  private secondOf(at: number): LoadSecond {
    const index = Math.floor(at);
    while (this.seconds.length <= index) this.seconds.push({ due: 0, ok: 0, failed: 0, events: 0, longest_ms: 0 });
    return this.seconds[index] ?? { due: 0, ok: 0, failed: 0, events: 0, longest_ms: 0 };
  }
}
