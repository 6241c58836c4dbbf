import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Metrics } from '../../platform/observability/metrics.js';
import { RetentionClock } from './retention-clock.js';

const LOOK_EVERY_MS = 10_000;

/** Looks at the clock before anything is stored, and every ten seconds: a clock that is not believed is an alarm, a metric and a log line. */
@Injectable()
export class RetentionClockWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RetentionClockWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private offset = 0;

  constructor(
    private readonly clock: RetentionClock,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'retention_clock_offset_seconds',
      'How far the clock is from the last time that was believed; 0 while it is believed',
      () => this.offset / 1_000,
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    await this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks now, once what is under way has ended. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookOnce());
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    try {
      const { now, offset } = await this.clock.look();
      const doubted = { event: 'retention.clock_doubted', clock: new Date(now).toISOString(), offset_s: Math.round(offset / 1_000) };
      if (offset !== 0 && this.offset === 0) this.logger.error(doubted, 'the clock is not believed: no month of events grows older by it');
      if (offset === 0 && this.offset !== 0) this.logger.log({ event: 'retention.clock_believed' }, 'the clock is believed again');
      this.offset = offset;
    } catch (error) {
      this.logger.warn({ err: error, event: 'retention.clock_unread' }, 'what was seen of the clock before could not be read');
    }
  }
}
