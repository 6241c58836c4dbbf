import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { readBlocks } from '../http/client-address.js';
import { Metrics } from '../observability/metrics.js';
import { noteBaseUrl } from '../tenancy/bootstrap.js';
import { AddressConnections, limitByAddress } from './address-connections.js';
import { Drain } from './drain.js';
import { DrainState } from './drain-state.js';
import { drainTimes } from './drain-times.js';
import { HttpAdapter } from './http-adapter.js';
import { KeptConnections } from './kept-connections.js';
import { LastResort } from './last-resort.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import type { StopSignals } from './stop-signals.js';
import { TlsReload } from './tls-reload.js';

/** Starts serving; answers the base URL once requests are taken. Signals drain and exit 0; a second one hurries. */
export async function listen(app: NestExpressApplication, config: Config, signals: StopSignals): Promise<string> {
  const server: Server = app.getHttpServer();
  const connections = new KeptConnections(server);
  server.on('clientError', refuseUnreadable);
  const byAddress = new AddressConnections(config.http.connectionsPerAddress, readBlocks(config.http.trustedProxies));
  limitByAddress(server, byAddress, (address) =>
    new Logger('GATRA').warn({ event: 'connections.refused', address }, 'more connections than one address may have'),
  );
  serveNewCertificates(app, config);
  await app.listen(config.http.port, config.http.host);
  const { port } = server.address() as AddressInfo;
  const host = config.http.host === '0.0.0.0' || config.http.host === '::' ? '127.0.0.1' : config.http.host;
  const baseUrl = `${config.http.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  noteBaseUrl(config.dataDir, baseUrl);
  warnWithoutTls(config);
  new Logger('GATRA').log({ event: 'listening', base_url: baseUrl }, 'ready to serve');
  drainOnSignal(app, connections, config, signals);
  return baseUrl;
}

/** In production somebody must end TLS: the app with its own files, or a proxy that it is told of. */
function warnWithoutTls({ environment, http }: Config): void {
  if (environment !== 'production' || http.tls || http.trustedProxies.length > 0) return;
  new Logger('GATRA').warn(
    { event: 'tls.absent' },
    'serving plain HTTP: set TLS_CERT_FILE and TLS_KEY_FILE, or put a balancer that ends TLS in front and name it in TRUSTED_PROXIES',
  );
}

function serveNewCertificates(app: NestExpressApplication, { http }: Config): void {
  const adapter: unknown = app.getHttpAdapter();
  const server: unknown = app.getHttpServer();
  if (!http.tls || !(adapter instanceof HttpAdapter) || !adapter.tls || !(server instanceof TlsServer)) return;
  const reload = new TlsReload(server, http.tls, adapter.tls, app.get(Clock));
  app
    .get(Metrics)
    .gauge('tls_certificate_expiry_timestamp_seconds', 'When the served certificate expires, in Unix time', () => reload.expiresAt / 1_000);
  reload.start();
}

function drainOnSignal(app: NestExpressApplication, connections: KeptConnections, config: Config, signals: StopSignals): void {
  const state = app.get(DrainState);
  const lastResort = app.get(LastResort);
  const { delaySeconds, graceSeconds } = config.drain;
  const times = drainTimes(delaySeconds, graceSeconds);
  const drain = new Drain({
    state,
    times,
    connections,
    close: () => app.close(),
    exit: (code) => process.exit(code || lastResort.exitCode),
  });
  state.onBegin((reason) => void drain.run(reason));
  lastResort.watch(() => state.begin('error'));
  signals.handOver((signal) => {
    if (!state.begin(signal)) drain.hurry();
  });
  if (signals.early === undefined) return;
  state.begin(signals.early);
  drain.hurry();
}
