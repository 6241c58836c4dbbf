import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a connection on which nothing was ever sent may still bring a request, once no new connections are taken. */
const UNUSED_MS = 1_000;

/**
 * Connections that clients keep open for their next request. A server that closes waits for them, for as long as their clients go on sending;
 * so while draining, every answer says that it is the last one on its connection (RFC 9112 §9.6).
 */
export class KeptConnections {
  private readonly sockets = new Set<Socket>();
  private readonly unanswered = new Set<ServerResponse>();
  private isEnding = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.prependListener('request', (_request, response: ServerResponse) => {
      if (this.isEnding) markLast(response);
      this.unanswered.add(response);
      response.once('close', () => this.unanswered.delete(response));
    });
  }

  /** Connections that are open. */
  get open(): number {
    return this.sockets.size;
  }

  /** From now on, each connection ends with its next answer. */
  end(): void {
    this.isEnding = true;
    for (const response of this.unanswered) markLast(response);
  }

  /** Takes no connection any more; resolves once those that are open have ended. Those that wait for nothing are closed. */
  stop(): Promise<void> {
    this.end();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const timer = setTimeout(() => {
      for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    }, UNUSED_MS);
    return closed.finally(() => clearTimeout(timer));
  }

  /** Cuts what is open. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

function markLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
