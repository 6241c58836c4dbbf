import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { v1 } from '@google-cloud/pubsub';
import { eventually } from './eventually.js';
import { PubSubSubscriberServer } from './pubsub-subscriber-server.js';

const [TOPIC, NAME] = ['projects/p/topics/t', 'projects/p/subscriptions/s'];
/** A second of a lease: the shortest lease of ten lasts as many of these. */
const SECOND_MS = 60;

interface Response {
  readonly receivedMessages: readonly { readonly ackId: string; readonly message: { readonly data: Buffer } }[];
}

describe('the Pub/Sub of the tests', () => {
  let server: PubSubSubscriberServer;
  let publisher: v1.PublisherClient;
  let client: v1.SubscriberClient;

  beforeEach(async () => {
    server = await PubSubSubscriberServer.start(SECOND_MS);
    const auth = { getUniverseDomain: () => Promise.resolve('googleapis.com') } as never;
    const address = { apiEndpoint: '127.0.0.1', port: server.port, sslCreds: credentials.createInsecure(), auth };
    [publisher, client] = [new v1.PublisherClient(address), new v1.SubscriberClient(address)];
    await publisher.createTopic({ name: TOPIC });
    await client.createSubscription({ name: NAME, topic: TOPIC, ackDeadlineSeconds: 10 });
  });
  afterEach(async () => {
    await Promise.all([publisher.close(), client.close()]);
    await server.stop();
  });

  const publish = (...texts: string[]) => publisher.publish({ topic: TOPIC, messages: texts.map((text) => ({ data: Buffer.from(text) })) });
  const left = (): string[] => server.unacknowledged(NAME).map(({ data }) => data.toString());
  /** Pulls over a connection; answers what has come, with its receipts. */
  const pull = (first: object = {}) => {
    const stream = client.streamingPull();
    const came: { readonly text: string; readonly ackId: string }[] = [];
    stream.on('error', () => undefined);
    stream.on('data', ({ receivedMessages }: Response) => {
      came.push(...receivedMessages.map(({ ackId, message }) => ({ text: message.data.toString(), ackId })));
    });
    stream.write({ subscription: NAME, streamAckDeadlineSeconds: 10, ...first });
    const texts = (): string[] => came.map(({ text }) => text);
    return { stream, came, texts };
  };

  it('gives a message until it is acknowledged, and again when its lease is over', async () => {
    await publish('a', 'b');
    const { stream, came, texts } = pull();
    await eventually(() => expect(texts()).toEqual(['a', 'b']));
    await client.acknowledge({ subscription: NAME, ackIds: [came[1]?.ackId ?? ''] });
    expect(left()).toEqual(['a']);
    await eventually(() => expect(texts()).toEqual(['a', 'b', 'a']));
    await client.acknowledge({ subscription: NAME, ackIds: [came[0]?.ackId ?? ''] });
    expect(left()).toEqual(['a']);
    await client.acknowledge({ subscription: NAME, ackIds: [came[2]?.ackId ?? ''] });
    expect(left()).toEqual([]);
    stream.cancel();
  });

  it('gives again at once what is given back, and later what is kept for longer', async () => {
    await publish('a');
    const { stream, came, texts } = pull({ streamAckDeadlineSeconds: 600 });
    await eventually(() => expect(texts()).toEqual(['a']));
    await client.modifyAckDeadline({ subscription: NAME, ackIds: [came[0]?.ackId ?? ''], ackDeadlineSeconds: 0 });
    await eventually(() => expect(texts()).toEqual(['a', 'a']));
    const begun = performance.now();
    await client.modifyAckDeadline({ subscription: NAME, ackIds: [came[1]?.ackId ?? ''], ackDeadlineSeconds: 5 });
    await eventually(() => expect(texts()).toEqual(['a', 'a', 'a']));
    expect(performance.now() - begun).toBeGreaterThan(5 * SECOND_MS - 5);
    stream.cancel();
  });

  it('leaves a message to a connection that has ended until its lease is over', async () => {
    await publish('a');
    const first = pull({ streamAckDeadlineSeconds: 20 });
    await eventually(() => expect(first.texts()).toEqual(['a']));
    const begun = performance.now();
    first.stream.cancel();
    const second = pull();
    await eventually(() => expect(second.texts()).toEqual(['a']));
    expect(performance.now() - begun).toBeGreaterThan(10 * SECOND_MS);
    second.stream.cancel();
  });

  it('gives no more than is borne at once, and more for what is done with', async () => {
    await publish('a', 'b', 'c', 'd');
    const { stream, came, texts } = pull({ streamAckDeadlineSeconds: 600, maxOutstandingMessages: 2 });
    await eventually(() => expect(texts()).toEqual(['a', 'b']));
    await wait(50);
    expect(texts()).toEqual(['a', 'b']);
    await client.acknowledge({ subscription: NAME, ackIds: came.map(({ ackId }) => ackId) });
    await eventually(() => expect(texts()).toEqual(['a', 'b', 'c', 'd']));
    stream.cancel();
  });

  it.each([
    ['a subscription that is not there', { subscription: 'projects/p/subscriptions/other' }, 5],
    ['a deadline that is too short', { streamAckDeadlineSeconds: 9 }, 3],
  ])('ends a connection that asks for %s', async (_kind, first, code) => {
    const [error] = (await once(pull(first).stream, 'error')) as [{ code: number }];
    expect(error.code).toBe(code);
  });

  it('ends a connection on which bounds are said again, and all of them when it is told to', async () => {
    const { stream } = pull();
    stream.write({ maxOutstandingMessages: 1 });
    await expect(once(stream, 'status')).resolves.toMatchObject([{ code: 3 }]);
    await publish('a');
    const other = pull();
    await eventually(() => expect(other.texts()).toEqual(['a']));
    const ended = once(other.stream, 'status');
    server.endStreams(NAME);
    await expect(ended).resolves.toMatchObject([{ code: 14 }]);
  });
});
