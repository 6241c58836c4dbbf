import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { DrainState } from '../../platform/lifecycle/drain-state.js';
import type { SubscriptionReader } from './subscription-reader.js';

/** All subscriptions that bring events: read once the app serves, and the first thing that ends when it drains. */
export class Subscriptions implements OnApplicationBootstrap, OnModuleDestroy {
  private ended: Promise<void> | undefined;

  constructor(
    private readonly readers: readonly SubscriptionReader[],
    drain: Pick<DrainState, 'onBegin'>,
  ) {
    drain.onBegin(() => void this.stop());
  }

  onApplicationBootstrap(): void {
    for (const reader of this.readers) reader.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  private stop(): Promise<void> {
    this.ended ??= Promise.all(this.readers.map((reader) => reader.stop())).then(() => undefined);
    return this.ended;
  }
}
