import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.js';
import { noteBaseUrl } from '../tenancy/bootstrap.js';
import { DrainState } from './drain-state.js';
import { KeptConnections } from './kept-connections.js';
import { refuseUnreadable } from './refuse-unreadable.js';

const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;

/** Starts serving; answers the base URL once requests are taken. SIGTERM and SIGINT drain and exit 0. */
export async function listen(app: NestExpressApplication, config: Config): Promise<string> {
  const server: Server = app.getHttpServer();
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const connections = new KeptConnections(server);
  server.on('clientError', refuseUnreadable);
  await app.listen(config.http.port, config.http.host);
  const { port } = server.address() as AddressInfo;
  const host = config.http.host === '0.0.0.0' || config.http.host === '::' ? '127.0.0.1' : config.http.host;
  const baseUrl = `http://${host}:${port}`;
  noteBaseUrl(config.dataDir, baseUrl);
  new Logger('GATRA').log({ event: 'listening', base_url: baseUrl }, 'ready to serve');
  drainOnSignal(app, connections, config.drain.graceSeconds);
  return baseUrl;
}

function drainOnSignal(app: NestExpressApplication, connections: KeptConnections, graceSeconds: number): void {
  const logger = new Logger('GATRA');
  const drain = app.get(DrainState);
  const stop = (signal: NodeJS.Signals): void => {
    if (drain.isDraining) return;
    drain.begin();
    connections.end();
    logger.log({ event: 'draining', signal }, 'finishing what is under way');
    setTimeout(() => process.exit(1), graceSeconds * 1_000).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error, event: 'drain.failed' }, 'could not close cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
