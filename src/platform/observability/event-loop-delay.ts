import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/** How long a thread's event loop kept what was due waiting, in seconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
}

/** Measures the event loop of the thread that it is made in. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.histogram.enable();
  }

  /** The delays since the last look. */
  take(): LoopDelay {
    const seconds = (percentile: number): number =>
      this.histogram.count === 0 ? 0 : Math.max(0, this.histogram.percentile(percentile) / 1e9 - RESOLUTION_MS / 1e3);
    const delay = { p50: seconds(50), p99: seconds(99) };
    this.histogram.reset();
    return delay;
  }

  stop(): void {
    this.histogram.disable();
  }
}
