import type { v1 } from '@google-cloud/pubsub';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { CloudEndpoint } from '../config/config.js';

/**
 * A connection that is lost is tried again this soon, or alerts and events would wait for minutes after a fault has gone. One that has fallen silent is asked
 * for a sign of life as often as Google's own subscribers ask.
 */
const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 5_000, 'grpc.keepalive_time_ms': 300_000, 'grpc.keepalive_timeout_ms': 20_000 };

type Made = v1.PublisherClient | v1.SubscriberClient;

/**
 * Google's clients, each made when it is first asked for: their libraries are loaded only where they are used. Those that batch, retry and keep leases by
 * themselves are passed by, so that every call is made under a policy of ours, and in our order. They look for Google's application default credentials.
 */
export class PubSubClients implements OnApplicationShutdown {
  private publishing: Promise<v1.PublisherClient> | undefined;
  private subscribing: Promise<v1.SubscriberClient> | undefined;

  constructor(private readonly endpoint: CloudEndpoint | null) {}

  publisher(): Promise<v1.PublisherClient> {
    return (this.publishing ??= this.make(({ PublisherClient }, options) => new PublisherClient(options)));
  }

  subscriber(): Promise<v1.SubscriberClient> {
    return (this.subscribing ??= this.make(({ SubscriberClient }, options) => new SubscriberClient(options)));
  }

  async onApplicationShutdown(): Promise<void> {
    const made: readonly (Promise<Made> | undefined)[] = [this.publishing, this.subscribing];
    await Promise.all(made.map(async (client) => (await client?.catch(() => undefined))?.close()));
  }

  private async make<Client extends Made>(
    construct: (clients: typeof v1, options: ConstructorParameters<typeof v1.PublisherClient>[0]) => Client,
  ): Promise<Client> {
    const { v1: clients } = await import('@google-cloud/pubsub');
    const { endpoint } = this;
    if (!endpoint) return construct(clients, CHANNEL);
    const address = { ...CHANNEL, apiEndpoint: endpoint.host, port: endpoint.port };
    if (!endpoint.plain) return construct(clients, address);
    const { credentials } = await import('@grpc/grpc-js');
    const auth = { getUniverseDomain: () => Promise.resolve('googleapis.com') };
    return construct(clients, { ...address, sslCreds: credentials.createInsecure(), auth: auth as never });
  }
}
