import type { Server, ServerResponse } from 'node:http';

/**
 * Connections that clients keep open for their next request. A server that closes waits for them, for as long as their clients go on sending;
 * so while draining, every answer says that it is the last one on its connection (RFC 9112 §9.6).
 */
export class KeptConnections {
  private readonly unanswered = new Set<ServerResponse>();
  private isEnding = false;

  constructor(server: Server) {
    server.prependListener('request', (_request, response: ServerResponse) => {
      if (this.isEnding) markLast(response);
      this.unanswered.add(response);
      response.once('close', () => this.unanswered.delete(response));
    });
  }

  /** From now on, each connection ends with its next answer. */
  end(): void {
    this.isEnding = true;
    for (const response of this.unanswered) markLast(response);
  }
}

function markLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
