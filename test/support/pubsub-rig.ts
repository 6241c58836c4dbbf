import { PubSub } from '@google-cloud/pubsub';

const PROJECT = 'gatra-test';

/** What stands in for Pub/Sub on a port of this machine, as apps and tests reach it. */
export abstract class PubSubRig {
  private readonly clients: PubSub[] = [];

  protected constructor(readonly port: number) {}

  /** What tells an app of it. @param port of what stands before it, where something does. */
  env(port = this.port): Record<string, string> {
    const endpoint = `http://127.0.0.1:${port}`;
    return { GCP_PUBSUB_PROJECT: PROJECT, GCP_PUBSUB_ENDPOINT: endpoint, METADATA_SERVER_DETECTION: 'none' };
  }

  /** A client of one's own, which is closed with the server. */
  client(): PubSub {
    const client = new PubSub({ projectId: PROJECT, apiEndpoint: `127.0.0.1:${this.port}`, emulatorMode: true });
    this.clients.push(client);
    return client;
  }

  protected async closeClients(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close().catch(() => undefined)));
  }
}
