import type { IncomingMessage, Server } from 'node:http';
import { performance } from 'node:perf_hooks';

const CHECK_MS = 1_000;
const FIRST_MS = 10_000;
const LEAST_BYTES_A_SECOND = 500;

/** How much of a body has come in the time that it was waited for. Times are milliseconds of a clock that is never set back. */
export class SendingPace {
  private waited = 0;
  private last: number;

  /** @param from bytes that had come at the beginning */
  constructor(
    private readonly from: number,
    now: number,
  ) {
    this.last = now;
  }

  /** Notes what has come by now; tells whether that is too little: a body has ten seconds, and a second more for each 500 bytes of it. */
  isTooSlow(received: number, isAwaited: boolean, now: number): boolean {
    if (isAwaited) this.waited += now - this.last;
    this.last = now;
    return this.waited > FIRST_MS + ((received - this.from) / LEAST_BYTES_A_SECOND) * 1_000;
  }
}

/**
 * Answers 408 to a client that sends a body too slowly, which keeps a place that others wait for, and ends its connection. Time in which nobody reads the
 * body is not the client's.
 */
export function endSlowSender(server: Server, request: IncomingMessage): void {
  const { socket, headers } = request;
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
  const pace = new SendingPace(socket.bytesRead, performance.now());
  const timer = setInterval(() => {
    if (request.complete) return clearInterval(timer);
    const isAwaited = request.listenerCount('data') + request.listenerCount('readable') > 0;
    if (!pace.isTooSlow(socket.bytesRead, isAwaited, performance.now())) return;
    clearInterval(timer);
    server.emit('clientError', Object.assign(new Error('the body comes too slowly'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  }, CHECK_MS).unref();
  request.once('close', () => clearInterval(timer));
}
