import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';

const CONNECT_MS = 2_000;
const LONGEST_PAUSE_MS = 1_000;

/**
 * The connection to Redis. A command fails at once while Redis is away (nothing is queued, nothing is sent twice), so that whoever needs it can
 * fall back; the connection comes back by itself.
 */
export class RedisConnection implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private readonly opened: Redis[] = [];
  /** For commands. */
  readonly client: Redis;

  constructor(private readonly url: string) {
    this.client = this.open();
  }

  /** Another connection, as subscriptions need one of their own. Closed together with this one. */
  open(): Redis {
    const client = new Redis(this.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: CONNECT_MS,
      retryStrategy: (attempt) => Math.min(LONGEST_PAUSE_MS, 50 * attempt),
    });
    client.on('error', (error: Error & { code?: string }) =>
      this.logger.warn({ event: 'redis.error', code: error.code ?? error.name }, 'Redis is away'),
    );
    this.opened.push(client);
    return client;
  }

  /** Tells whether commands reach Redis now. */
  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  onApplicationShutdown(): void {
    for (const client of this.opened) client.disconnect();
  }
}
