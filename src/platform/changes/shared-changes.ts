import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ANYTHING, type ChangeSignal } from './change-signal.js';

/** Asked this often where nothing tells of changes. */
const UNTOLD_MS = 1_000;

/** Reads again what an instance keeps in memory of the shared database. */
export type Refresh = () => Promise<void>;

/**
 * Keeps what the instances hold in memory of the shared database alike. Whoever changes it announces that; the others are told by the signal and
 * read. An instance reads by itself too: every second while there is no signal, and every `pollMs` while there is, so that a signal that is lost
 * only delays.
 */
export class SharedChanges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SharedChanges.name);
  private readonly refreshes: Refresh[] = [];
  private running: Promise<void> | undefined;
  private wanted = false;
  private timer: NodeJS.Timeout | undefined;
  private readAt = 0;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly signal: ChangeSignal,
    private readonly pollMs: number,
  ) {}

  /** Whoever keeps something in memory registers while its module is made. */
  register(refresh: Refresh): void {
    this.refreshes.push(refresh);
  }

  onApplicationBootstrap(): void {
    this.signal.listen((about) => void (about === ANYTHING && this.refresh()));
    this.timer = setInterval(() => this.poll(), UNTOLD_MS).unref();
  }

  /** Call it after the change is committed. Resolves once this instance has read it; the others are told meanwhile. */
  async announce(): Promise<void> {
    this.signal.send(ANYTHING);
    await this.refresh();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await Promise.all([this.running, this.signal.end()]);
  }

  /** Reads once more after this call, however many calls there are meanwhile. */
  private refresh(): Promise<void> {
    if (this.running) {
      this.wanted = true;
      return this.running;
    }
    this.running = this.readAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async readAll(): Promise<void> {
    do {
      this.wanted = false;
      this.readAt = performance.now();
      const results = await Promise.allSettled(this.refreshes.map((refresh) => refresh()));
      this.note(results.find((result) => result.status === 'rejected')?.reason);
    } while (this.wanted && !this.stopped);
  }

  /** Whether it is time is asked every second, as the signal may be lost meanwhile. */
  private poll(): void {
    if (!this.signal.isLive || performance.now() - this.readAt >= this.pollMs) void this.refresh();
  }

  /** Says so once when reading begins to fail, and once when it works again. */
  private note(error: unknown): void {
    if (error !== undefined && !this.failing) this.logger.error({ err: error, event: 'changes.unread' }, 'shared changes cannot be read');
    if (error === undefined && this.failing) this.logger.log({ event: 'changes.read' }, 'shared changes are read again');
    this.failing = error !== undefined;
  }
}
