import { randomUUID } from 'node:crypto';
import type { PubSubClients } from '../../../platform/pubsub/pubsub-clients.js';
import { judgePubSub, PubSubFault, statusOf } from '../../../platform/pubsub/pubsub-fault.js';
import type { OutboundPolicies } from '../../../platform/resilience/outbound-policies.js';
import type { OutboundPolicy } from '../../../platform/resilience/outbound-policy.js';
import { EventSubscription, type Delivery } from '../domain/event-subscription.js';
import { PullConnection, type PullStream } from './pull-connection.js';

const CALL_MS = 4_500;
const OPTIONS = { timeout: CALL_MS, retry: null };
/** How long Pub/Sub waits for an acknowledgement: longer than a submission takes, short enough that what is lost comes again soon. */
const DEADLINE_SECONDS = 30;
const RECEIPTS_AT_ONCE = 1_000;
/** What the server sends unasked; how much is in hand is bounded besides. */
const OUTSTANDING = { maxOutstandingMessages: 5_000, maxOutstandingBytes: 20 * 1024 * 1024 };

/** A subscription of Google Cloud Pub/Sub that is pulled over a connection that stands. */
export class PubSubSubscription extends EventSubscription {
  private readonly policy: OutboundPolicy;
  private readonly clientId = randomUUID();
  private connection: PullConnection | undefined;
  private isPaused = false;

  /** @param name in full, `projects/…/subscriptions/…`. */
  constructor(
    readonly name: string,
    private readonly clients: Pick<PubSubClients, 'subscriber'>,
    policies: OutboundPolicies,
  ) {
    super();
    this.policy = policies.dependency('pubsub', 'pubsub subscriptions', judgePubSub).policy(name);
  }

  async receive(take: (deliveries: readonly Delivery[]) => void, signal: AbortSignal): Promise<void> {
    const stop = (): void => this.connection?.end();
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Its circuit is told when the connection works: while it is tried there, few other calls are made.
      await this.policy.once(() => this.connect(take, signal));
      await this.connection?.ended;
    } catch (error) {
      if (!signal.aborted) throw new PubSubFault(this.name, statusOf(error));
    } finally {
      signal.removeEventListener('abort', stop);
      this.connection?.end();
      this.connection = undefined;
    }
  }

  pause(): void {
    this.isPaused = true;
    this.connection?.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.connection?.resume();
  }

  acknowledge(receipts: readonly string[]): Promise<void> {
    return this.tell(receipts, async (ackIds) => {
      await (await this.clients.subscriber()).acknowledge({ subscription: this.name, ackIds }, OPTIONS);
    });
  }

  keep(receipts: readonly string[]): Promise<void> {
    return this.putBack(receipts, DEADLINE_SECONDS);
  }

  putBack(receipts: readonly string[], seconds: number): Promise<void> {
    return this.tell(receipts, async (ackIds) => {
      const request = { subscription: this.name, ackIds, ackDeadlineSeconds: seconds };
      await (await this.clients.subscriber()).modifyAckDeadline(request, OPTIONS);
    });
  }

  private async tell(receipts: readonly string[], call: (ackIds: string[]) => Promise<void>): Promise<void> {
    for (let from = 0; from < receipts.length; from += RECEIPTS_AT_ONCE) {
      const ackIds = receipts.slice(from, from + RECEIPTS_AT_ONCE);
      try {
        await this.policy.execute(() => call(ackIds), { isRepeatable: true });
      } catch (error) {
        throw new PubSubFault(this.name, statusOf(error));
      }
    }
  }

  /** Resolves once the connection works. @throws what it ended with where it has not. */
  private async connect(take: (deliveries: readonly Delivery[]) => void, signal: AbortSignal): Promise<void> {
    const client = await this.clients.subscriber();
    if (signal.aborted) return;
    const otherArgs = { headers: { 'x-goog-request-params': `subscription=${this.name}` } };
    const stream = client.streamingPull({ otherArgs }) as unknown as PullStream;
    const request = { subscription: this.name, streamAckDeadlineSeconds: DEADLINE_SECONDS, clientId: this.clientId, ...OUTSTANDING };
    this.connection = new PullConnection(stream, request, take);
    if (this.isPaused) this.connection.pause();
    await this.connection.opened;
  }
}
