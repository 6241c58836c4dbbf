import type { Server } from 'node:https';
import { Logger } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { tlsOptions } from './http-server.js';
import { readTlsFiles, type TlsFiles, type TlsPlaces } from './tls-files.js';

const LOOK_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;
const WARN_DAYS = 21;

/**
 * Serves new connections with the certificate as it lies on disk; those that are open keep theirs. Files that cannot be served with (half written,
 * of two pairs, expired) change nothing and are logged once. The files are looked at, not watched: mounted secrets change by renaming directories.
 */
export class TlsReload {
  private readonly logger = new Logger('GATRA');
  private fault = '';
  private warnedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly server: Server,
    private readonly places: TlsPlaces,
    private served: TlsFiles,
    private readonly clock: Clock,
  ) {}

  /** End of the served certificate's validity, milliseconds since the epoch. */
  get expiresAt(): number {
    return this.served.expiresAt;
  }

  /** Looks from now on, for as long as the process lives. */
  start(): void {
    this.warn();
    setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Takes what lies on disk where it is another certificate that can be served with. */
  look(): void {
    try {
      const found = readTlsFiles(this.places, this.clock.now());
      if (found.cert !== this.served.cert || found.key !== this.served.key) this.take(found);
      this.fault = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault) this.logger.error({ err: error, event: 'tls.not_reloaded' }, 'the certificate stays as it was');
      this.fault = message;
    }
    this.warn();
  }

  private take(found: TlsFiles): void {
    this.server.setSecureContext(tlsOptions(found));
    this.served = found;
    const facts = { fingerprint: found.fingerprint, expires_at: new Date(found.expiresAt).toISOString() };
    this.logger.log({ event: 'tls.reloaded', ...facts }, 'new connections are served with the new certificate');
  }

  private warn(): void {
    const now = this.clock.now();
    const days = (this.expiresAt - now) / DAY_MS;
    if (days > WARN_DAYS || now - this.warnedAt < DAY_MS) return;
    this.warnedAt = now;
    this.logger.warn({ event: 'tls.expires', days: Math.floor(days) }, 'the certificate expires soon: renew it');
  }
}
