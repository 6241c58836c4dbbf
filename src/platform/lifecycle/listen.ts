import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo, Server } from 'node:net';
import type { Config } from '../config/config.js';
import { noteBaseUrl } from '../tenancy/bootstrap.js';

/** Starts serving; answers the base URL once requests are taken. SIGTERM and SIGINT drain and exit 0. */
export async function listen(app: NestExpressApplication, config: Config): Promise<string> {
  const logger = new Logger('GATRA');
  await app.listen(config.http.port, config.http.host);
  const server: Server = app.getHttpServer();
  const { port } = server.address() as AddressInfo;
  const host = config.http.host === '0.0.0.0' || config.http.host === '::' ? '127.0.0.1' : config.http.host;
  const baseUrl = `http://${host}:${port}`;
  noteBaseUrl(config.dataDir, baseUrl);
  logger.log({ event: 'listening', base_url: baseUrl }, 'ready to serve');
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.log({ event: 'draining', signal }, 'finishing what is under way');
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error, event: 'drain.failed' }, 'could not close cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return baseUrl;
}
