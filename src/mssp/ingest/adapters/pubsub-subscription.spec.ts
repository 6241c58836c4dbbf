import { EventEmitter } from 'node:events';
import { policiesWith } from '../../../../test/support/outbound-policies.js';
import { PubSubSubscription } from './pubsub-subscription.js';

describe('PubSubSubscription', () => {
  const nothing = (): void => undefined;

  it('opens no connection where it is told to stop while the client is still being made', async () => {
    const made = Promise.withResolvers<never>();
    let opened = 0;
    const stream = Object.assign(new EventEmitter(), { write: nothing, pause: nothing, resume: nothing, cancel: nothing });
    const client = {
      streamingPull: () => {
        opened += 1;
        return stream;
      },
    };
    const subscription = new PubSubSubscription('projects/p/subscriptions/s', { subscriber: () => made.promise }, policiesWith());
    const stopping = new AbortController();
    const received = subscription.receive(nothing, stopping.signal);
    stopping.abort();
    made.resolve(client as never);
    await received;
    expect(opened).toBe(0);
  });
});
