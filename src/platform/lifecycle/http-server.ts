import http, { type IncomingMessage, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import https from 'node:https';
import { endSlowReader } from './slow-reader.js';
import { endSlowSender } from './slow-sender.js';
import type { TlsFiles } from './tls-files.js';

/** How patient the server is with a connection. Slow attackers are cut within 15 s; an upload that goes on arriving has a minute. */
const LIMITS = {
  /** From the start of a connection, or of a request on it, until its headers are complete. */
  headersTimeout: 10_000,
  /** From the start of a request until its body is complete. */
  requestTimeout: 60_000,
  /** Between requests on one connection; longer than the 60 s of common load balancers, so that they end it. */
  keepAliveTimeout: 65_000,
  /** How often the first two are looked at. */
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
} as const satisfies ServerOptions;

const MOST_HEADERS = 100;
/** Open connections; beyond, new ones are closed at once, before the process runs out of file descriptors for its stores. */
const MOST_CONNECTIONS = 10_000;
/** Until a body that nobody reads any more, because its request is answered, must have arrived. */
const UNREAD_BODY_MS = 5_000;
const HANDSHAKE_MS = 10_000;

/** TLS 1.3 and, before it, only suites with forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
const TLS = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const satisfies https.ServerOptions;

/** What a TLS server needs of its files; the same again when they change. */
export function tlsOptions({ cert, key }: TlsFiles): https.ServerOptions {
  return { ...TLS, cert, key };
}

/**
 * A server with explicit limits on slow and large clients; over TLS where there is a certificate. Expectations that it does not know are passed
 * over (RFC 9110 §10.1.1): Node's own answer to them would go out without our headers.
 */
export function createHttpServer(listener: RequestListener, tls: TlsFiles | null): Server | https.Server {
  const server = tls
    ? https.createServer({ ...LIMITS, ...tlsOptions(tls), handshakeTimeout: HANDSHAKE_MS }, listener)
    : http.createServer(LIMITS, listener);
  server.maxHeadersCount = MOST_HEADERS;
  server.maxConnections = MOST_CONNECTIONS;
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.prependListener('request', (request, response) => {
    endSlowReader(request.socket, response);
    endSlowSender(server, request);
    endUnread(request, response);
  });
  return server;
}

/**
 * The rest of a body that nobody reads any more has a moment to arrive. Until then the connection is only half closed: closed at once, the bytes
 * left unread would make the system reset it, and the answer could be lost on its way (RFC 9112 §9.6).
 */
function endUnread(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  response.prependOnceListener('finish', () => {
    if (request.complete || socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), UNREAD_BODY_MS).unref();
    request.once('close', () => clearTimeout(timer));
    if (Object.hasOwn(socket, 'destroySoon')) return;
    socket.destroySoon = () => void socket.end();
    request.once('close', () => {
      Reflect.deleteProperty(socket, 'destroySoon');
      if (socket.writableEnded) socket.destroySoon();
    });
  });
}
