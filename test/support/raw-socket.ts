import { connect } from 'node:net';

/**
 * Writes pieces to a server, one after the other until it says something, and answers all that it sends until it closes the connection
 * or has been silent for a second.
 */
export function exchange(baseUrl: string, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve) => {
    let received = '';
    const rest = pieces.values();
    const socket = connect(Number(port), hostname, () => writeNext());
    const writeNext = (): void => {
      const { value } = rest.next();
      if (value !== undefined && received === '') socket.write(value, () => setImmediate(writeNext));
    };
    const done = (): void => {
      socket.destroy();
      resolve(received);
    };
    socket.setTimeout(1_000, done);
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('close', done).on('error', done);
  });
}
