import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { CONFIG, SECRETS } from '../config/tokens.js';
import { BusinessEvents } from '../observability/business-events.js';
import { Metrics } from '../observability/metrics.js';
import type { RefreshFailure } from './secret-keeper.js';
import type { Secrets } from './secrets.js';

const SETTLE_EVERY_MS = 500;

/**
 * Reads the secrets again while the app runs, and lets new versions take over when their time has come. While a source is away the last good
 * versions stay in force; where that lasts so long that a version may be in use elsewhere that is not known here, the metric `secrets_stale` is 1.
 */
@Injectable()
export class SecretsRefresher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SecretsRefresher.name);
  private readonly failing = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];
  private reading: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SECRETS) private readonly secrets: Secrets,
    metrics: Metrics,
    private readonly events: BusinessEvents,
    private readonly clock: Clock,
  ) {
    metrics.gauge(
      'secrets_stale',
      '1 while secrets could not be read for so long that a version in use elsewhere may be unknown here',
      () => (this.isStale() ? 1 : 0),
    );
  }

  onApplicationBootstrap(): void {
    this.every(this.config.secrets.refreshSeconds * 1_000, () => void this.refresh());
    this.every(SETTLE_EVERY_MS, () => this.secrets.keeper.settle(this.clock.now()));
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.reading;
    await this.secrets.keeper.close();
  }

  /** Reads them now, unless that is under way. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    const failures = await this.secrets.keeper.refresh(this.clock.now());
    for (const failure of failures) this.note(failure);
    const failed = new Set<string>(failures.map(({ secret }) => secret));
    for (const secret of [...this.failing].filter((name) => !failed.has(name))) {
      this.failing.delete(secret);
      this.logger.log({ event: 'secrets.refreshed', secret }, 'the secret can be read again');
    }
  }

  private note({ secret, reason }: RefreshFailure): void {
    this.events.secretUnreadable(secret, reason, !this.failing.has(secret));
    this.failing.add(secret);
  }

  /** Whether they could not be read for so long that a version in use elsewhere may be unknown here. */
  isStale(): boolean {
    return this.secrets.keeper.age(this.clock.now()) > this.secrets.keeper.activationMs;
  }

  private every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    timer.unref();
    this.timers.push(timer);
  }
}
