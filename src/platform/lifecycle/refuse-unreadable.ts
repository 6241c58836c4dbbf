import type { Duplex } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { problemBody } from '../problems/problem-body.js';
import { PROBLEM_TYPES, type ProblemType } from '../problems/problem-types.js';

const TYPES: Readonly<Record<string, readonly [ProblemType, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'Send fewer or shorter headers.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['too-large', 'Send chunks without extensions.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'Send the whole request without pauses.'],
};
const MALFORMED: readonly [ProblemType, string] = ['malformed-request', 'The request is not well-formed HTTP/1.1.'];

/** The connection of a request, as the server keeps it: `_httpMessage` is the answer that is under way on it. */
type Connection = Duplex & { readonly _httpMessage?: { readonly headersSent: boolean } | null };

/** Answers what the HTTP parser cannot read, and ends the connection: what follows on it cannot be told apart any more (RFC 9112 §11.2). */
export function refuseUnreadable(error: Error & { readonly code?: string }, connection: Connection): void {
  if (error.code !== 'ECONNRESET' && connection.writable && connection._httpMessage?.headersSent !== true) {
    connection.write(answer(...(TYPES[error.code ?? ''] ?? MALFORMED)));
  }
  connection.destroy();
}

function answer(type: ProblemType, detail: string): string {
  const { status, title } = PROBLEM_TYPES[type];
  const correlationId = `req-${uuidv7()}`;
  const body = JSON.stringify(problemBody(type, detail, { path: '', correlationId }));
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Correlation-ID': correlationId,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`;
}
