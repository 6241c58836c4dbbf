import type { Redis } from 'ioredis';
import type { RedisConnection } from '../redis/redis-connection.js';
import { ChangeSignal } from './change-signal.js';

const CHANNEL = 'gatra:changed';
const MESSAGE = '1';

/**
 * The signal over Redis. The message has no content, so that a forged one costs a read of the database and says nothing; anything else on the
 * channel is ignored.
 */
export class RedisChangeSignal extends ChangeSignal {
  private readonly subscriber: Redis;
  private subscribed = false;

  constructor(private readonly redis: RedisConnection) {
    super();
    this.subscriber = redis.open();
    this.subscriber.on('close', () => (this.subscribed = false));
  }

  get isLive(): boolean {
    return this.subscribed;
  }

  listen(listener: () => void): void {
    this.subscriber.on('message', (_channel: string, message: string) => {
      if (message === MESSAGE) listener();
    });
    const subscribe = (): void => {
      this.subscriber.subscribe(CHANNEL).then(
        () => {
          this.subscribed = true;
          listener();
        },
        () => this.subscriber.disconnect(true),
      );
    };
    this.subscriber.on('ready', subscribe);
    if (this.subscriber.status === 'ready') subscribe();
  }

  send(): void {
    this.redis.client.publish(CHANNEL, MESSAGE).catch(() => undefined);
  }
}
