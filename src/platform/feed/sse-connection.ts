import type { ServerResponse } from 'node:http';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  // Nginx, and what follows its habits, would keep events back until its buffer is full.
  'X-Accel-Buffering': 'no',
} as const;

/** How long a last word may take. */
const FAREWELL_MS = 1_000;

/** What became of what was sent: taken on its way, too slow a reader, or nobody there any more. */
export type Sent = 'sent' | 'slow' | 'gone';

/** One client's connection, on which no more waits than what was sent last. */
export class SseConnection {
  /** When something was sent last, monotonic milliseconds. */
  lastSent = performance.now();

  /** @param patience how long a client may take until nothing waits for it any more, milliseconds. */
  constructor(
    private readonly response: ServerResponse,
    private readonly patience: number,
  ) {}

  /** Calls back once the connection has ended, whoever ended it. */
  onClosed(listener: () => void): void {
    this.response.once('close', listener);
  }

  begin(): void {
    if (this.isOver || this.response.headersSent) return;
    this.response.writeHead(200, HEADERS);
    this.response.flushHeaders();
    this.response.socket?.setNoDelay(true);
  }

  /** Resolves once there is room for more; where that takes too long the connection is cut. */
  async send(text: string): Promise<Sent> {
    const { response } = this;
    if (this.isOver) return 'gone';
    this.lastSent = performance.now();
    if (response.write(text)) return 'sent';
    const { promise, resolve } = Promise.withResolvers<Sent>();
    const timer = setTimeout(() => resolve('slow'), this.patience).unref();
    const drained = (): void => resolve('sent');
    const closed = (): void => resolve('gone');
    response.once('drain', drained).once('close', closed);
    const sent = await promise;
    clearTimeout(timer);
    response.off('drain', drained).off('close', closed);
    if (sent === 'slow') response.destroy();
    return sent;
  }

  /** Ends it with a last word. Whoever does not take it at once is not waited for. */
  end(text: string): void {
    const { response } = this;
    if (this.isOver) return;
    this.begin();
    response.end(text);
    const timer = setTimeout(() => response.destroy(), FAREWELL_MS).unref();
    response.once('close', () => clearTimeout(timer));
  }

  private get isOver(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }
}
