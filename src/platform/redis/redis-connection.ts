import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Cluster, Redis } from 'ioredis';
import { certificateFaultOf, isCertificateFault } from './certificate-fault.js';
import { clusterSlot } from './cluster-slot.js';
import { clusterOptions, nodeOptions, serverOptions } from './redis-options.js';
import type { RedisClient } from './redis-script.js';
import { RedisSubscription, type SubscriptionListeners } from './redis-subscription.js';
import type { RedisTarget } from './redis-target.js';

/**
 * The connection to Redis: to one server, to the master that Sentinels name, or to the nodes of a cluster. A command fails at once while Redis is away
 * (nothing is queued, nothing is sent twice), so that whoever needs it can fall back; the connection comes back by itself.
 */
export class RedisConnection implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private readonly subscriptions: RedisSubscription[] = [];
  /** Which node is listened to; processes begin with different ones. */
  private turn = process.pid;
  /** For commands. Ask `isReady` first: a cluster would keep what it is given while it is away. */
  readonly client: RedisClient;

  constructor(private readonly target: RedisTarget) {
    this.client = target.kind === 'cluster' ? this.openCluster() : this.openServer();
  }

  /** Tells whether commands reach Redis now. */
  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** The node of the cluster that holds a key, as far as is known; empty where there is no cluster. */
  nodeOf(key: string): string {
    return this.client instanceof Cluster ? (this.client.slots[clusterSlot(key)]?.[0] ?? '') : '';
  }

  /** Calls the listener whenever commands begin to reach Redis. */
  onReady(listener: () => void): void {
    (this.client as Redis).on('ready', listener);
    if (this.isReady) listener();
  }

  /** Calls the listener with the nodes that hold keys whenever the map of the cluster was read; never where there is no cluster. */
  onNodes(listener: (nodes: ReadonlySet<string>) => void): void {
    const { client } = this;
    if (client instanceof Cluster) client.on('refresh', () => listener(new Set(client.slots.map(([master = '']) => master))));
  }

  /** Listens to a channel, on a connection of its own. Closed together with this one. */
  subscribe(channel: string, listeners: SubscriptionListeners): RedisSubscription {
    const subscription = new RedisSubscription(() => this.openOnce(), channel, listeners);
    this.subscriptions.push(subscription);
    return subscription;
  }

  onApplicationShutdown(): void {
    for (const subscription of this.subscriptions) subscription.end();
    this.client.disconnect();
  }

  private openServer(): Redis {
    const client = new Redis(serverOptions(this.target));
    client.on('error', (error: Error) => this.note(error));
    client.on('sentinelError', (error: Error) => void this.noteSentinel(error));
    return client;
  }

  private openCluster(): Cluster {
    const cluster = new Cluster([...this.target.nodes], clusterOptions(this.target));
    cluster.on('error', (error: Error) => this.note(error));
    cluster.on('node error', (error: Error) => this.note(error));
    // Connections to all nodes are made as soon as they are known, so that no request waits for one.
    cluster.on('+node', (node: Redis) => void (node.status === 'wait' && node.connect().catch(() => undefined)));
    return cluster;
  }

  /** A connection that ends when it is lost; in a cluster to any node, as each passes on what is published. */
  private openOnce(): Redis {
    const ending = { retryStrategy: null, sentinelRetryStrategy: () => null };
    const { client, target } = this;
    if (!(client instanceof Cluster)) return new Redis({ ...serverOptions(target), ...ending });
    const known = client.nodes().flatMap(({ status, options: { host = '', port = 0 } }) => (status === 'ready' ? [{ host, port }] : []));
    const nodes = known.length > 0 ? known : target.nodes;
    const node = nodes[(this.turn += 1) % nodes.length] ?? { host: '', port: 0 };
    return new Redis({ ...nodeOptions(target, node), ...ending });
  }

  /** Neither message nor command is logged: they may hold a password. */
  private note(error: Error & { code?: string }): void {
    const what = isCertificateFault(error.code) ? 'the certificate of Redis is not accepted' : 'Redis is away';
    this.logger.warn({ event: 'redis.error', code: error.code ?? error.name }, what);
  }

  private async noteSentinel(error: Error): Promise<void> {
    if (error.message.endsWith('invalid reply: null')) {
      this.logger.warn({ event: 'redis.error', code: 'UNKNOWN_MASTER' }, 'a Sentinel knows no master of this name');
      return;
    }
    // Nothing else tells of a certificate here.
    const { nodes, tls } = this.target;
    const codes = tls === null ? [] : await Promise.all(nodes.map((node) => certificateFaultOf(node, tls.ca)));
    const code = codes.find((found) => found !== undefined);
    const what = code === undefined ? 'a Sentinel does not answer' : 'the certificate of a Sentinel is not accepted';
    this.logger.warn({ event: 'redis.error', code: code ?? 'SENTINEL_AWAY' }, what);
  }
}
