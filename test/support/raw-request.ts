import { Agent, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends a request whose path and headers are used as they are. A server that ends the connection early has still answered. */
export function sendRaw(
  baseUrl: string,
  {
    method,
    path,
    headers = {},
    body,
  }: { method: string; path: string; headers?: Record<string, string | string[]>; body?: string | Buffer },
  agent?: Agent,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    let answered = false;
    const sent = request({ hostname, port, method, path, headers: { ...length, ...headers }, ...(agent ? { agent } : {}) }, (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      const done = (): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
      response.once('end', done).once('error', done);
    });
    sent.on('error', (error) => {
      if (!answered) reject(error);
    });
    if (body !== undefined) sent.write(body);
    sent.end();
  });
}
