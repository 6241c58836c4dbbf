import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';

const EVERY_MS = 30_000;

/** Counts something in all tenants now and then, for metrics: nobody who asks for them waits for that. */
export abstract class Census implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;
  /** Whether the process ends, and what is under way is to be left. */
  protected stopping = false;

  /** Counts now. */
  abstract take(): Promise<void>;

  /** Is told why nothing was counted. */
  protected abstract tell(error: unknown): void;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.begin(), EVERY_MS).unref();
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.underWay;
  }

  private begin(): void {
    this.underWay ??= this.take()
      .catch((error: unknown) => this.tell(error))
      .finally(() => (this.underWay = undefined));
  }
}
