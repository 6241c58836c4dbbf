import type { Redis } from 'ioredis';
import { pauseBefore } from './redis-options.js';

/** How often a connection that only listens is asked for a sign of life: one that is dead would look as one on which nothing happens. */
const PULSE_MS = 2_000;

/** Whom a subscription tells. */
export interface SubscriptionListeners {
  readonly onMessage: (message: string) => void;
  /** It has begun, or begun again: what was sent meanwhile is lost. */
  readonly onLive: () => void;
}

/** Listens to one channel of Redis. When its connection is lost or falls silent another one is made, to whoever serves then. */
export class RedisSubscription {
  private readonly pulse: NodeJS.Timeout;
  private client: Redis;
  private timer: NodeJS.Timeout | undefined;
  private live = false;
  private ended = false;
  private attempts = 0;

  /** @param open makes a connection that ends when it is lost */
  constructor(
    private readonly open: () => Redis,
    private readonly channel: string,
    private readonly listeners: SubscriptionListeners,
  ) {
    this.client = this.begin();
    this.pulse = setInterval(() => this.feel(), PULSE_MS).unref();
  }

  /** Whether what is sent arrives here now, as far as can be told. */
  get isLive(): boolean {
    return this.live;
  }

  end(): void {
    this.ended = true;
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    this.client.disconnect();
  }

  private begin(): Redis {
    const client = this.open();
    client.on('error', () => undefined);
    client.on('message', (_channel: string, message: string) => this.listeners.onMessage(message));
    client.once('ready', () => {
      client.subscribe(this.channel).then(
        () => this.begun(),
        () => client.disconnect(),
      );
    });
    client.once('close', () => (this.live = false));
    client.once('end', () => this.again());
    return client;
  }

  private begun(): void {
    this.live = true;
    this.attempts = 0;
    this.listeners.onLive();
  }

  private again(): void {
    this.live = false;
    if (this.ended) return;
    this.attempts += 1;
    this.timer = setTimeout(() => (this.client = this.begin()), pauseBefore(this.attempts)).unref();
  }

  /** No answer ends the connection, after the time that any server has to answer. */
  private feel(): void {
    if (this.live) this.client.ping().catch(() => undefined);
  }
}
