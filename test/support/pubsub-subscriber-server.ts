import { Server, status } from '@grpc/grpc-js';
import { GrpcRefusal, listen, serviceOf, unaryHandlers, type GrpcFields } from './grpc-server.js';
import type { PublishedMessage } from './leased-messages.js';
import { HeldSubscription } from './pubsub-held-subscription.js';
import { PubSubRig } from './pubsub-rig.js';
import { listOf, pullOver, receivedMessage, type PullCall } from './pubsub-pull-stream.js';

const PROTOCOL = '@google-cloud/pubsub/build/protos/protos.json';
const USUAL_DEADLINE = 10;

/**
 * A Pub/Sub of our own that speaks the protocol that Google's client ships: topics, subscriptions and pulling, as the protocol's comments have it. What is leased
 * to a connection stays so until its time is over though the connection has ended. Ordering, filters and exactly-once delivery are not in it.
 */
export class PubSubSubscriberServer extends PubSubRig {
  private readonly topics = new Map<string, GrpcFields>();
  private readonly subscriptions = new Map<string, HeldSubscription>();
  private published = 0;
  /** Calls of these methods are refused as if nobody were there. */
  readonly away = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly secondMs: number,
    port: number,
  ) {
    super(port);
  }

  /** @param secondMs milliseconds that a second of a lease lasts, so that what is lost comes again before long */
  static async start(secondMs = 1_000): Promise<PubSubSubscriberServer> {
    const server = new Server();
    let started: PubSubSubscriberServer | undefined;
    const answering = (): PubSubSubscriberServer => {
      if (!started) throw new GrpcRefusal(status.UNAVAILABLE, 'not started');
      return started;
    };
    const answer = (method: string, request: GrpcFields): GrpcFields => answering().answer(method, request);
    const { publisher, subscriber } = METHODS;
    server.addService(serviceOf(PROTOCOL, 'google.pubsub.v1.Publisher'), unaryHandlers(publisher, answer));
    server.addService(serviceOf(PROTOCOL, 'google.pubsub.v1.Subscriber'), {
      ...unaryHandlers(subscriber, answer),
      StreamingPull: (call: PullCall) =>
        pullOver(call, secondMs, (request) => {
          answering().refuseWhileAway('StreamingPull');
          return answering().asked(request);
        }),
    });
    started = new PubSubSubscriberServer(server, secondMs, await listen(server));
    return started;
  }

  /** What of a subscription is not acknowledged, whoever has it. @param name in full */
  unacknowledged(name: string): readonly PublishedMessage[] {
    return this.subscription(name).messages.unacknowledged;
  }

  /** Ends all connections over which a subscription is pulled, as Pub/Sub does now and then. @param name in full */
  endStreams(name: string): void {
    this.subscription(name).endStreams(status.UNAVAILABLE);
  }

  async stop(): Promise<void> {
    await this.closeClients();
    for (const subscription of this.subscriptions.values()) subscription.stop();
    this.server.forceShutdown();
  }

  private answer(method: string, request: GrpcFields): GrpcFields {
    this.refuseWhileAway(method);
    const methods: Record<string, () => GrpcFields> = {
      CreateTopic: () => this.make(this.topics, String(request['name']), request),
      GetTopic: () => this.topic(String(request['topic'])),
      Publish: () => this.publish(String(request['topic']), request['messages'] as readonly GrpcFields[]),
      CreateSubscription: () => this.subscribe(request),
      GetSubscription: () => this.asked(request).described,
      DeleteSubscription: () => this.remove(String(request['subscription'])),
      Acknowledge: () => this.change(request, ({ messages }) => messages.acknowledge(listOf(request['ackIds']))),
      ModifyAckDeadline: () => this.modifyAckDeadline(request),
      Pull: () => this.pull(request),
      Seek: () => this.seek(request),
    };
    const known = methods[method];
    if (!known) throw new GrpcRefusal(status.UNIMPLEMENTED, method);
    return known();
  }

  private refuseWhileAway(method: string): void {
    if (this.away.has(method)) throw new GrpcRefusal(status.UNAVAILABLE, 'away');
  }

  private publish(topic: string, messages: readonly GrpcFields[]): GrpcFields {
    this.topic(topic);
    const taken = messages.map((said) => ({
      messageId: String((this.published += 1)),
      data: Buffer.from((said['data'] ?? '') as Uint8Array),
      attributes: (said['attributes'] ?? {}) as Record<string, string>,
      publishedAt: Date.now(),
    }));
    for (const subscription of this.subscriptions.values()) {
      if (subscription.topic !== topic) continue;
      for (const message of taken) subscription.messages.add(message);
      subscription.give();
    }
    return { messageIds: taken.map(({ messageId }) => messageId) };
  }

  private subscribe(request: GrpcFields): GrpcFields {
    const name = String(request['name']);
    this.topic(String(request['topic']));
    const described = { ackDeadlineSeconds: USUAL_DEADLINE, ...request };
    this.make(this.subscriptions, name, new HeldSubscription(described));
    return described;
  }

  private remove(name: string): GrpcFields {
    this.subscription(name).endStreams(status.NOT_FOUND);
    this.subscription(name).stop();
    this.subscriptions.delete(name);
    return {};
  }

  private modifyAckDeadline(request: GrpcFields): GrpcFields {
    const seconds = Number(request['ackDeadlineSeconds'] ?? 0);
    if (!(seconds >= 0 && seconds <= 600)) throw new GrpcRefusal(status.INVALID_ARGUMENT, 'the deadline to acknowledge is none');
    return this.change(request, ({ messages }) => messages.extend(listOf(request['ackIds']), seconds * this.secondMs));
  }

  private pull(request: GrpcFields): GrpcFields {
    const { messages, described } = this.asked(request);
    const room = { messages: Number(request['maxMessages'] ?? 0), bytes: Infinity };
    if (!(room.messages > 0)) throw new GrpcRefusal(status.INVALID_ARGUMENT, 'no number of messages');
    const given = messages.lease({}, room, Number(described['ackDeadlineSeconds']) * this.secondMs);
    return { receivedMessages: given.map(receivedMessage) };
  }

  private seek(request: GrpcFields): GrpcFields {
    const { seconds = 0, nanos = 0 } = (request['time'] ?? {}) as { seconds?: string | number; nanos?: number };
    return this.change(request, ({ messages }) => messages.seek(1_000 * Number(seconds) + nanos / 1_000_000));
  }

  private change(request: GrpcFields, how: (subscription: HeldSubscription) => void): GrpcFields {
    const subscription = this.asked(request);
    how(subscription);
    subscription.give();
    return {};
  }

  private make<Made>(among: Map<string, Made>, name: string, made: Made): Made {
    if (among.has(name)) throw new GrpcRefusal(status.ALREADY_EXISTS, `${name} exists`);
    among.set(name, made);
    return made;
  }

  private topic(name: string): GrpcFields {
    const topic = this.topics.get(name);
    if (!topic) throw new GrpcRefusal(status.NOT_FOUND, `${name} does not exist`);
    return topic;
  }

  private asked(request: GrpcFields): HeldSubscription {
    return this.subscription(String(request['subscription']));
  }

  private subscription(name: string): HeldSubscription {
    const subscription = this.subscriptions.get(name);
    if (!subscription) throw new GrpcRefusal(status.NOT_FOUND, `${name} does not exist`);
    return subscription;
  }
}

const METHODS = {
  publisher: ['CreateTopic', 'GetTopic', 'Publish'],
  subscriber: ['CreateSubscription', 'GetSubscription', 'DeleteSubscription', 'Acknowledge', 'ModifyAckDeadline', 'Pull', 'Seek'],
};
