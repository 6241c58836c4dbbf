import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/tokens.js';
import { Metrics } from '../observability/metrics.js';
import { EVERYTHING, nextShare, type AdmittedShare, type Delays } from './admitted-share.js';
import type { Criticality } from './criticality.js';
import { QueueDelay } from './queue-delay.js';
import { Spread } from './spread.js';

const INTERVAL_MS = 250;
const RESOLUTION_MS = 10;
/** An event loop that is late though it rests now and then waits for the machine, not for its requests. */
const BUSY = 0.9;

/** Watches how late everything runs, and says what may still be let in. */
@Injectable()
export class LoadWatch implements OnApplicationShutdown {
  private readonly logger = new Logger(LoadWatch.name);
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly spreads = { normal: new Spread(), ingest: new Spread() };
  private readonly limits: Delays;
  private readonly timer: NodeJS.Timeout;
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();
  private share: AdmittedShare = EVERYTHING;

  constructor(
    @Inject(CONFIG) { shedding }: Config,
    private readonly queue: QueueDelay,
    private readonly metrics: Metrics,
  ) {
    this.limits = { loop: shedding.loopDelayMs, queue: shedding.queueDelayMs };
    this.histogram.enable();
    this.timer = setInterval(() => this.look(), INTERVAL_MS).unref();
    metrics.gauge('ingest_admitted_ratio', 'Share of ingest requests that is let in', () => this.share.ingest);
  }

  /** Whether a request of a class is let in now; counts it where it is not. */
  admits(criticality: Criticality): boolean {
    if (criticality === 'critical' || this.spreads[criticality].admits(this.share[criticality])) return true;
    this.metrics.requestsShed.inc({ class: criticality });
    return false;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.histogram.disable();
  }

  private look(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.utilization);
    this.utilization = now;
    const late = Math.max(0, this.histogram.mean / 1e6 - RESOLUTION_MS);
    this.histogram.reset();
    const delays = { loop: utilization > BUSY && Number.isFinite(late) ? late : 0, queue: this.queue.take() };
    const before = this.share;
    this.share = nextShare(before, delays, this.limits);
    this.say(before, delays);
  }

  private say(before: AdmittedShare, delays: Delays): void {
    const facts = { loop_delay_ms: Math.round(delays.loop), queue_delay_ms: Math.round(delays.queue) };
    if (before.ingest === 1 && this.share.ingest < 1)
      this.logger.warn({ event: 'shedding.begun', ...facts }, 'more than can be served: turning events away');
    if (before.ingest < 1 && this.share.ingest === 1) this.logger.log({ event: 'shedding.ended' }, 'everything is taken again');
  }
}
