import type { AppendStream } from './append-stream.js';

interface Kept {
  readonly stream: AppendStream;
  readonly timer: NodeJS.Timeout;
}

/** Open streams by table: the most recently used stay, and none for long that nobody uses. Those that are let go end once their appends are answered. */
export class AppendStreams {
  private readonly kept = new Map<string, Kept>();

  /** @param limit how many, and for how long unused, milliseconds */
  constructor(private readonly limit: { readonly most: number; readonly idleMs: number }) {}

  get size(): number {
    return this.kept.size;
  }

  /** The stream of a table; a new one where there is none that is open. */
  of(table: string, open: () => AppendStream): AppendStream {
    const known = this.kept.get(table);
    this.kept.delete(table);
    if (known?.stream.isOpen) {
      this.kept.set(table, known);
      known.timer.refresh();
      return known.stream;
    }
    clearTimeout(known?.timer);
    const stream = open();
    this.kept.set(table, { stream, timer: setTimeout(() => this.retire(table), this.limit.idleMs).unref() });
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.limit.most && oldest !== undefined) this.retire(oldest);
    return stream;
  }

  /** Lets go of the streams of tables whose names begin so. */
  release(prefix: string): void {
    for (const table of this.kept.keys()) if (table.startsWith(prefix)) this.retire(table);
  }

  private retire(table: string): void {
    const known = this.kept.get(table);
    this.kept.delete(table);
    clearTimeout(known?.timer);
    known?.stream.retire();
  }
}
