import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisSubscription } from '../redis/redis-subscription.js';
import { ANYTHING, ChangeSignal } from './change-signal.js';

/** A message that is longer is none of ours. */
const LONGEST = 100;

/**
 * The signal over Redis. A message tells at most what to read again, so that a forged one costs a read of the database and says nothing. No circuit stands before it: nobody waits for it, it is sent once and only while Redis is there, and changes are so rare that
 * a circuit that has opened would stay so for hours.
 */
export class RedisChangeSignal extends ChangeSignal {
  private subscription: RedisSubscription | undefined;

  constructor(
    private readonly redis: RedisConnection,
    private readonly channel: string,
  ) {
    super();
  }

  get isLive(): boolean {
    return this.subscription?.isLive ?? false;
  }

  listen(listener: (about: string) => void): void {
    const onMessage = (message: string): void => {
      if (message.length <= LONGEST) listener(message);
    };
    this.subscription = this.redis.subscribe(this.channel, { onMessage, onLive: () => listener(ANYTHING) });
  }

  send(about: string): void {
    if (this.redis.isReady) this.redis.client.publish(this.channel, about).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.subscription?.end();
  }
}
