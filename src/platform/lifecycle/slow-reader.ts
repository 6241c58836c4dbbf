import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

const CHECK_MS = 1_000;
const WINDOW_MS = 12_000;
const LEAST_BYTES = 8 * 1024;

/** How much of an answer a client takes, and by when it must have taken so much more. Times are milliseconds of a clock that is never set back. */
export class ReadingPace {
  private from: number;
  private since: number;

  /** @param taken bytes at the beginning */
  constructor(taken: number, now: number) {
    this.from = taken;
    this.since = now;
  }

  /** Notes what has been taken by now; tells whether that is too little: less than 8 KiB in 12 s while more is waiting. */
  isTooSlow(taken: number, isWaiting: boolean, now: number): boolean {
    if (!isWaiting || taken - this.from >= LEAST_BYTES) {
      this.from = taken;
      this.since = now;
      return false;
    }
    return now - this.since >= WINDOW_MS;
  }
}

/** What a socket knows of its connection, whether it is plain or TLS: bytes given to the system's writer, and those of them that still wait. */
interface Handle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * Ends the connection of a client that takes too little of an answer that waits for it, which holds memory meanwhile. One that reads slowly, but
 * goes on reading, is served to the end, however large the answer. The system takes more only when a third of its own buffer has been read, which
 * is why the time is that long.
 */
export function endSlowReader(socket: Socket, response: ServerResponse): void {
  const pace = new ReadingPace(takenFrom(socket), performance.now());
  const timer = setInterval(() => {
    if (pace.isTooSlow(takenFrom(socket), socket.writableLength > 0, performance.now())) socket.destroy();
  }, CHECK_MS).unref();
  response.once('close', () => clearInterval(timer));
}

/** Bytes that the system has taken; `socket.bytesWritten` counts a large answer as written while most of it still waits. */
function takenFrom(socket: Socket): number {
  const handle = (socket as Socket & { readonly _handle?: Handle | null })._handle;
  return handle ? handle.bytesWritten - handle.writeQueueSize : socket.bytesWritten;
}
