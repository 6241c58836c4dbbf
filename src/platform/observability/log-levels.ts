import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Clock } from '../clock/clock.js';
import type { Config, LogLevel } from '../config/config.js';
import { CONFIG } from '../config/tokens.js';

/** The level in force. */
export interface LogLevelState {
  readonly level: LogLevel;
  /** What `LOG_LEVEL` says. */
  readonly configured: LogLevel;
  /** When it is `configured` again, milliseconds since the epoch; null where it stays. */
  readonly until: number | null;
}

/** The least severe lines that are written, which can be changed while the process runs; of this process alone, and until it ends. */
@Injectable()
export class LogLevels implements OnApplicationShutdown {
  private readonly logger = new Logger(LogLevels.name);
  private readonly configured: LogLevel;
  private until: number | null = null;
  private level: LogLevel;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) { log }: Config,
    private readonly clock: Clock,
  ) {
    this.configured = log.level;
    this.level = log.level;
  }

  get state(): LogLevelState {
    return { level: this.level, configured: this.configured, until: this.until };
  }

  /** Takes effect at once. @param forSeconds after which the configured level holds again; null for good. */
  set(level: LogLevel, forSeconds: number | null): void {
    clearTimeout(this.timer);
    this.until = forSeconds === null ? null : this.clock.now() + forSeconds * 1_000;
    if (forSeconds !== null) this.timer = setTimeout(() => this.restore(), forSeconds * 1_000).unref();
    this.apply(level);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private restore(): void {
    this.until = null;
    this.apply(this.configured);
    this.logger.log({ event: 'log_level.restored', log_level: this.level }, 'the configured level holds again');
  }

  private apply(level: LogLevel): void {
    this.level = level;
    PinoLogger.root.level = level;
  }
}
