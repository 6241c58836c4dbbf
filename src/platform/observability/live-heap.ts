import { constants, PerformanceObserver } from 'node:perf_hooks';

/** Bytes of this thread's heap. */
export interface HeapBytes {
  readonly used: number;
  /** What was left in use by the last full collection: of what is used, this alone is needed. 0 before the first. */
  readonly live: number;
}

/** Watches this thread's heap. */
export class LiveHeap {
  private live = 0;
  private readonly observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isFullCollection)) this.live = process.memoryUsage().heapUsed;
  });

  constructor() {
    this.observer.observe({ entryTypes: ['gc'] });
  }

  read(): HeapBytes {
    return { used: process.memoryUsage().heapUsed, live: this.live };
  }

  stop(): void {
    this.observer.disconnect();
  }
}

function isFullCollection(entry: unknown): boolean {
  return (entry as { readonly detail: { readonly kind: number } }).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
