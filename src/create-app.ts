import 'reflect-metadata';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { SystemClock } from './platform/clock/system-clock.js';
import type { Config } from './platform/config/config.js';
import { serveApiDocument } from './platform/http/api-document.js';
import { readBlocks } from './platform/http/client-address.js';
import { corsOptions } from './platform/http/cors.js';
import { assignCorrelationId } from './platform/http/correlation-id.js';
import { refuseCredentialInUrl } from './platform/http/credential-in-url.js';
import { requireHttpVersion } from './platform/http/http-version.js';
import { fewReadersAtOnce, serveNeededAssets } from './platform/http/served-assets.js';
import { noStore } from './platform/http/no-store.js';
import { securityHeaders } from './platform/http/security-headers.js';
import { DrainState } from './platform/lifecycle/drain-state.js';
import { HttpAdapter } from './platform/lifecycle/http-adapter.js';
import { refuseLate } from './platform/lifecycle/refuse-late.js';
import { readTlsFiles } from './platform/lifecycle/tls-files.js';
import { LoadWatch } from './platform/shedding/load-watch.js';
import { shedLoad } from './platform/shedding/shed-load.js';
import type { Secrets } from './platform/secrets/secrets.js';

/** Two routes that one request matches stop the start: the first would answer for both. */
const ROUTE_CONFLICTS = { duplicate: 'error', shadow: 'error' } as const;

/** Builds the app with its door; the caller makes it listen and closes it. @throws TlsFilesError */
export async function createApp(config: Config, secrets: Secrets): Promise<NestExpressApplication> {
  const { tls } = config.http;
  const adapter = new HttpAdapter(tls && readTlsFiles(tls, new SystemClock().now()));
  const options: NestApplicationOptions = { bodyParser: false, bufferLogs: true, routeConflictPolicy: ROUTE_CONFLICTS };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, secrets), adapter, options);
  app.useLogger(app.get(Logger));
  configureHttp(app, config);
  return app;
}

/** What cannot be a provider: Express settings, response headers, CORS, and the API's documents. */
export function configureHttp(app: NestExpressApplication, config: Config): void {
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(
    assignCorrelationId,
    requireHttpVersion,
    securityHeaders(readBlocks(config.http.trustedProxies)),
    noStore,
    refuseLate(app.get(DrainState)),
    shedLoad(app.get(LoadWatch)),
    refuseCredentialInUrl,
    fewReadersAtOnce(),
    serveNeededAssets(),
  );
  app.enableCors(corsOptions(config.http.corsOrigins));
  serveApiDocument(app);
}
