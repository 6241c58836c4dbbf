import { Logger } from '@nestjs/common';
import { eventually } from '../../../test/support/eventually.js';
import { Problem } from '../../platform/problems/problem.js';
import { PubSubTroubles } from '../../platform/pubsub/pubsub-troubles.js';
import { EventSubscription, type Delivery } from './domain/event-subscription.js';
import type { DeliveredBatch } from './domain/held-deliveries.js';
import type { SubscriptionIntake } from './subscription-intake.js';
import { SubscriptionReader } from './subscription-reader.js';

/** Delivers what it is told to, and remembers what is said of it. */
class FakeSubscription extends EventSubscription {
  readonly name = 'projects/p/subscriptions/fake';
  readonly acknowledged: string[] = [];
  readonly kept: string[] = [];
  readonly putBacks: (readonly [receipt: string, seconds: number])[] = [];
  isPaused = false;
  fault: Error | undefined;
  private take: ((deliveries: readonly Delivery[]) => void) | undefined;

  async receive(take: (deliveries: readonly Delivery[]) => void, signal: AbortSignal): Promise<void> {
    if (this.fault) throw this.fault;
    this.take = take;
    await new Promise<void>((end) => signal.addEventListener('abort', () => end(), { once: true }));
  }

  deliver(...ids: string[]): void {
    this.take?.(ids.map((id) => ({ id, data: Buffer.from(`{"id":"${id}"}`), receipt: `r-${id}` })));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  async acknowledge(receipts: readonly string[]): Promise<void> {
    this.acknowledged.push(...receipts);
  }

  async keep(receipts: readonly string[]): Promise<void> {
    this.kept.push(...receipts);
  }

  async putBack(receipts: readonly string[], seconds: number): Promise<void> {
    this.putBacks.push(...receipts.map((receipt) => [receipt, seconds] as const));
  }
}

/** Stores what it is given, unless it is told to refuse; holds it while it is told to wait. */
class FakeIntake {
  readonly stored: string[] = [];
  refusal: Error | undefined;
  gate: Promise<void> = Promise.resolve();

  async mostEvents(configured: number): Promise<number> {
    return configured;
  }

  async store({ events }: DeliveredBatch): Promise<void> {
    await this.gate;
    if (this.refusal) throw this.refusal;
    this.stored.push(...events.map(({ key }) => key));
  }
}

describe('SubscriptionReader', () => {
  beforeAll(() => Logger.overrideLogger(false));
  let subscription: FakeSubscription;
  let intake: FakeIntake;
  let troubles: PubSubTroubles;
  let reader: SubscriptionReader;

  beforeEach(() => {
    [subscription, intake, troubles] = [new FakeSubscription(), new FakeIntake(), new PubSubTroubles()];
    const limits = { maxEvents: 100, maxBytes: 10_000 };
    const parts = { subscription, intake: intake as unknown as SubscriptionIntake, troubles, limits, count: () => undefined };
    reader = new SubscriptionReader(parts);
  });
  afterEach(() => reader.stop());

  it('acknowledges what is stored, and nothing before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    intake.gate = promise;
    reader.start();
    subscription.deliver('a', 'b');
    await new Promise((later) => setTimeout(later, 60));
    expect(subscription.acknowledged).toEqual([]);
    resolve();
    await eventually(() => expect(subscription.acknowledged).toEqual(['r-a', 'r-b']));
    expect(intake.stored).toEqual(['a/0', 'b/0']);
  });

  it('keeps what is refused for a moment, fetches nothing meanwhile, and submits it again', async () => {
    intake.refusal = new Problem('rate-limited', 'later', { headers: { 'Retry-After': '1' } });
    reader.start();
    subscription.deliver('a', 'b');
    await eventually(() => expect(subscription.kept).toEqual(['r-a', 'r-b']));
    expect(subscription.isPaused).toBe(true);
    intake.refusal = undefined;
    await eventually(() => expect(subscription.acknowledged).toEqual(['r-a', 'r-b']));
    expect(subscription.isPaused).toBe(false);
    expect(subscription.putBacks).toEqual([]);
  });

  it('gives back what is refused for long, and has health say so', async () => {
    intake.refusal = new Problem('tenant-suspended', 'the tenant is not served');
    reader.start();
    subscription.deliver('a');
    await eventually(() => expect(subscription.putBacks).toEqual([['r-a', 60]]));
    await expect(troubles.check()).rejects.toThrow(`events of ${subscription.name} are refused: the tenant is not served`);
    expect(subscription.acknowledged).toEqual([]);
  });

  it('stores and acknowledges what it has begun when it stops, and gives the rest back at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    reader.start();
    intake.gate = promise;
    subscription.deliver('a');
    await new Promise((later) => setTimeout(later, 60));
    subscription.deliver('b');
    const stopped = reader.stop();
    resolve();
    await stopped;
    expect(subscription.acknowledged).toEqual(['r-a']);
    expect(subscription.putBacks).toEqual([['r-b', 0]]);
  });

  it('tells health of a subscription that cannot be read, until it can', async () => {
    subscription.fault = new Error('projects/p/subscriptions/fake does not exist');
    reader.start();
    await eventually(() => expect(troubles.check()).rejects.toThrow('does not exist'));
    subscription.fault = undefined;
    await eventually(async () => {
      subscription.deliver();
      await troubles.check();
    });
    expect(intake.stored).toEqual([]);
  });
});
