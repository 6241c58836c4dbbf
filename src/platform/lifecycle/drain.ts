import { Logger } from '@nestjs/common';
import type { DrainReason, DrainState } from './drain-state.js';
import type { DrainTimes } from './drain-times.js';

/** What requests under way still get once somebody is in a hurry. */
const HURRIED_MS = 1_000;

/** What a drain acts on. */
export interface DrainParts {
  readonly state: DrainState;
  readonly times: DrainTimes;
  readonly connections: {
    readonly open: number;
    end(): void;
    stop(): Promise<void>;
    cut(): void;
  };
  /** Finishes background work, writes what is buffered and closes the stores. */
  readonly close: () => Promise<void>;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/**
 * The way out, in order: readiness is false and every answer is the last on its connection, but requests are still taken while balancers learn of it; then no
 * new connections; then the requests under way are answered, background work ends or goes back to its queue, buffers are written, stores are closed; exit 0.
 * What was acknowledged is durable before it is acknowledged, so that nothing in this order can lose it.
 */
export class Drain {
  private readonly logger = new Logger('GATRA');
  private readonly hurried = Promise.withResolvers<void>();
  private isHurried = false;

  constructor(private readonly parts: DrainParts) {}

  /** Goes through all of it; ends the process. */
  async run(reason: DrainReason): Promise<void> {
    const { state, times, connections, close, exit } = this.parts;
    const begun = performance.now();
    const left = (until: number): number => Math.max(0, until - (performance.now() - begun));
    setTimeout(() => {
      this.logger.error({ event: 'drain.overdue' }, 'the grace period is over before everything is closed');
      exit(1);
    }, times.endAt).unref();
    this.logger.log({ event: 'draining', reason }, 'finishing what is under way');
    try {
      connections.end();
      await this.pause(times.stopAt);
      state.stop();
      const stopped = connections.stop();
      await Promise.race([stopped, this.pause(left(times.cutAt), HURRIED_MS)]);
      if (connections.open > 0) {
        this.logger.warn({ event: 'drain.cut', connections: connections.open }, 'cut off requests that were not finished in time');
        connections.cut();
      }
      await stopped;
      await close();
      exit(0);
    } catch (error) {
      this.logger.error({ err: error, event: 'drain.failed' }, 'could not close cleanly');
      exit(1);
    }
  }

  /** Waits no longer for balancers, and hardly for clients; whatever keeps data whole is done all the same. */
  hurry(): void {
    if (this.isHurried) return;
    this.isHurried = true;
    this.logger.log({ event: 'drain.hurried' }, 'asked again: waiting for nobody outside any more');
    this.hurried.resolve();
  }

  /** Resolves after `ms`, or `hurriedMs` after somebody is in a hurry. */
  private async pause(ms: number, hurriedMs = 0): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms).unref();
    let second: NodeJS.Timeout | undefined;
    void this.hurried.promise.then(() => (second = setTimeout(resolve, Math.min(ms, hurriedMs)).unref()));
    await promise;
    clearTimeout(timer);
    clearTimeout(second);
  }
}
