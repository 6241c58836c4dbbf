import type { Message, PubSub, Subscription } from '@google-cloud/pubsub';

/** A message as a consumer has it. */
export interface ReadMessage {
  readonly id: string;
  readonly alertId: string;
  readonly version: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly alert: Readonly<Record<string, unknown>>;
}

/** A consumer of a topic, which takes everything in the order of its keys and remembers it. */
export class TopicReader {
  readonly messages: ReadMessage[] = [];
  private subscription: Subscription | undefined;

  private constructor(
    private readonly client: PubSub,
    private readonly topic: string,
  ) {}

  /** Subscribes to a topic, which is made where it is not there. */
  static async start(client: PubSub, topic: string): Promise<TopicReader> {
    const reader = new TopicReader(client, topic);
    await reader.begin();
    return reader;
  }

  /** How often each message has come. */
  get times(): ReadonlyMap<string, number> {
    const times = new Map<string, number>();
    for (const { id } of this.messages) times.set(id, (times.get(id) ?? 0) + 1);
    return times;
  }

  /** Alerts whose messages have come in another order than their versions, where each is looked at when it came first. */
  get disordered(): readonly string[] {
    const last = new Map<string, number>();
    const seen = new Set<string>();
    const disordered = new Set<string>();
    for (const { id, alertId, version } of this.messages) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (version <= (last.get(alertId) ?? 0)) disordered.add(alertId);
      last.set(alertId, version);
    }
    return [...disordered];
  }

  /** Subscribes again, as after the server has forgotten everything. */
  async begin(): Promise<void> {
    await this.subscription?.close();
    const topic = this.client.topic(this.topic);
    await topic.get({ autoCreate: true });
    const name = `${this.topic}-reader`;
    const [subscription] = await topic.createSubscription(name, { enableMessageOrdering: true });
    subscription.on('error', () => undefined);
    subscription.on('message', (message: Message) => {
      this.messages.push(read(message));
      message.ack();
    });
    this.subscription = subscription;
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }
}

function read({ attributes, data }: Message): ReadMessage {
  const { gatra_message_id: id = '', alert_id: alertId = '', version } = attributes;
  return { id, alertId, version: Number(version), attributes, alert: JSON.parse(data.toString()) as Record<string, unknown> };
}
