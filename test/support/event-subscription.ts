import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message, PubSub, Topic } from '@google-cloud/pubsub';

/** A subscription that brings a tenant's events, on a topic of its own. */
export interface EventSubscriptionRig {
  readonly topic: Topic;
  /** The subscription's full name. */
  readonly name: string;
  /** Variables that have an app read it. */
  readonly env: Readonly<Record<string, string>>;
  /** Publishes numbered events, one a message, that their source gives no name. */
  publish(from: number, count: number): Promise<void>;
  /** Has everything come again that was published since the start, acknowledged or not. */
  rewind(): Promise<void>;
  /** What is not acknowledged: takes all of it, and waits until nothing has come for a while. */
  left(forMs?: number): Promise<readonly string[]>;
}

let made = 0;

/** Makes a topic, its subscription and the file that names it. */
export async function eventSubscription(client: PubSub, tenant: string): Promise<EventSubscriptionRig> {
  const name = `events-${++made}`;
  const began = new Date(Date.now() - 60_000);
  const [topic] = await client.createTopic(name);
  const [subscription] = await topic.createSubscription(name, { retainAckedMessages: true, ackDeadlineSeconds: 10 });
  const file = join(mkdtempSync(join(tmpdir(), 'gatra-subscriptions-')), 'subscriptions.json');
  writeFileSync(file, JSON.stringify({ subscriptions: [{ subscription: name, tenant_id: tenant, source: 'generic' }] }));
  return {
    topic,
    name: subscription.name,
    env: { GCP_PUBSUB_SUBSCRIPTIONS_FILE: file, GCP_PUBSUB_PUBLISH_ALERTS: 'false' },
    async publish(from, count) {
      const events = Array.from({ length: count }, (_, i) => topic.publishMessage({ data: Buffer.from(eventOf(from + i)) }));
      await Promise.all(events);
    },
    async rewind() {
      await subscription.seek(began);
    },
    async left(forMs = 3_000) {
      const found: string[] = [];
      await new Promise<void>((resolve) => {
        let quiet = setTimeout(resolve, forMs);
        subscription.on('message', (message: Message) => {
          found.push(message.data.toString());
          message.ack();
          clearTimeout(quiet);
          quiet = setTimeout(resolve, forMs);
        });
      });
      await subscription.close();
      return found;
    },
  };
}

/** A numbered event. */
export function eventOf(number: number): string {
  return `{"host":"h-${number}","message":"event ${number}"}`;
}
