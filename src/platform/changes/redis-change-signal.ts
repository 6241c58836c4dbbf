import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisSubscription } from '../redis/redis-subscription.js';
import { ChangeSignal } from './change-signal.js';

const CHANNEL = 'gatra:changed';
const MESSAGE = '1';

/**
 * The signal over Redis. The message has no content, so that a forged one costs a read of the database and says nothing; anything else on the
 * channel is ignored. No circuit stands before it: nobody waits for it, it is sent once and only while Redis is there, and changes are so rare that
 * a circuit that has opened would stay so for hours.
 */
export class RedisChangeSignal extends ChangeSignal {
  private subscription: RedisSubscription | undefined;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  get isLive(): boolean {
    return this.subscription?.isLive ?? false;
  }

  listen(listener: () => void): void {
    const onMessage = (message: string): void => {
      if (message === MESSAGE) listener();
    };
    this.subscription = this.redis.subscribe(CHANNEL, { onMessage, onLive: listener });
  }

  send(): void {
    if (this.redis.isReady) this.redis.client.publish(CHANNEL, MESSAGE).catch(() => undefined);
  }
}
