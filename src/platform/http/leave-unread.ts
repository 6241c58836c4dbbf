import type { IncomingMessage } from 'node:http';

const LINGER_MS = 500;

/**
 * Has a request answered without its body being read, or thrown away, which takes time and memory as well. The answer needs `Connection: close`.
 * The connection is held open a moment behind it: closed at once, the bytes left unread would make the system reset it, and the answer could be
 * lost on its way (RFC 9112, section 9.6).
 */
export function leaveUnread(request: IncomingMessage): void {
  const { socket } = request;
  // Looking at the body takes it over from the server, which would read on to its end.
  request.read(0);
  request.pause();
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}
