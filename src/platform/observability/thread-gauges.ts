import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventLoopDelay, type LoopDelay } from './event-loop-delay.js';
import { LiveHeap, type HeapBytes } from './live-heap.js';
import { Metrics } from './metrics.js';

/** How a thread is. */
export interface ThreadVitals {
  readonly delay: LoopDelay;
  readonly heap: HeapBytes;
}

const LOOK_EVERY_MS = 5_000;

/** Event-loop delay and heap of every thread of the process; worker threads report theirs. */
@Injectable()
export class ThreadGauges implements OnApplicationShutdown {
  private readonly own = new EventLoopDelay();
  private readonly heap = new LiveHeap();
  private readonly threads = new Map<string, ThreadVitals>();
  private readonly timer: NodeJS.Timeout;

  constructor(metrics: Metrics) {
    const delay = (pick: (delay: LoopDelay) => number) => (): (readonly [{ thread: string }, number])[] =>
      [...this.threads].map(([thread, vitals]) => [{ thread }, pick(vitals.delay)] as const);
    metrics.gaugeOf(
      'event_loop_delay_p50_seconds',
      'Median delay of the event loop, over 5 s',
      ['thread'],
      delay(({ p50 }) => p50),
    );
    metrics.gaugeOf(
      'event_loop_delay_p99_seconds',
      '99th percentile of the delay of the event loop, over 5 s',
      ['thread'],
      delay(({ p99 }) => p99),
    );
    metrics.gaugeOf('thread_heap_used_bytes', "Bytes in use of a thread's heap", ['thread'], () =>
      [...this.threads].map(([thread, { heap }]) => [{ thread }, heap.used] as const),
    );
    metrics.gaugeOf('thread_heap_live_bytes', "Bytes in use of a thread's heap after its last full collection", ['thread'], () =>
      [...this.threads].map(([thread, { heap }]) => [{ thread }, heap.live] as const),
    );
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** What a worker thread says of itself. */
  report(thread: string, vitals: ThreadVitals): void {
    this.threads.set(thread, vitals);
  }

  /** A thread that is lost says nothing any more. */
  forget(thread: string): void {
    this.threads.delete(thread);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.own.stop();
    this.heap.stop();
  }

  private look(): void {
    this.report('main', { delay: this.own.take(), heap: this.heap.read() });
  }
}
