import { clusterSlot } from '../../src/platform/redis/cluster-slot.js';
import { freePort } from './free-port.js';
import { RedisServer, untilRedis } from './redis-server.js';
import type { RedisTls } from './redis-tls.js';
import { asUser, userWith } from './redis-user.js';

const MASTERS = 3;
const SLOTS = 16_384;

/** Three masters that share the slots, and a replica of the one that holds the nonces. What is dead for long enough is replaced; the slots of others are served on. */
export class RedisCluster {
  private constructor(
    /** The masters, and last the replica of the one that holds the nonces. */
    readonly nodes: readonly RedisServer[],
    private readonly tls: RedisTls | undefined,
  ) {}

  /** @param tls how all nodes are spoken to, and speak to one another; in the clear where it is left out */
  static async start(tls?: RedisTls, deadAfterMs = 1_000): Promise<RedisCluster> {
    const buses = await Promise.all(Array.from({ length: MASTERS + 1 }, freePort));
    const nodes = await Promise.all(
      buses.map((bus) => RedisServer.start({}, [...(tls ? ['--tls-cluster', 'yes'] : []), ...optionsOf(bus, deadAfterMs)], tls)),
    );
    const cluster = new RedisCluster(nodes, tls);
    for (const [index, node] of nodes.entries()) await node.ask((client) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1));
    for (const [index, node] of nodes.slice(0, MASTERS).entries()) {
      const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / MASTERS));
      await node.ask((client) => client.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (to ?? 0) - 1));
      await nodes[index + 1]?.ask((client) => client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]?.servedPort ?? 0, buses[0] ?? 0));
    }
    await cluster.agreed(new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${nodes.length}`));
    const [replicated, replica] = [nodes[Math.floor((clusterSlot('gatra:{nonces}:') * MASTERS) / SLOTS)], nodes[MASTERS]];
    const id = await replicated?.ask((client) => client.call('CLUSTER', 'MYID'));
    await replica?.ask((client) => client.call('CLUSTER', 'REPLICATE', String(id)));
    await replica?.ask((client) => untilRedis(async () => (await client.info('replication')).includes('master_link_status:up')));
    return cluster;
  }

  get url(): string {
    return `redis${this.tls ? 's' : ''}+cluster://${asUser}@${this.nodes.map(({ servedPort }) => `127.0.0.1:${servedPort}`).join()}`;
  }

  /** Waits until every node says of the cluster what is looked for. */
  private async agreed(info: RegExp): Promise<void> {
    for (const node of this.nodes)
      await node.ask((client) => untilRedis(async () => info.test(String(await client.call('CLUSTER', 'INFO')))));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}

function optionsOf(bus: number, deadAfterMs: number): readonly string[] {
  const names = [
    'cluster-enabled yes',
    `cluster-node-timeout ${deadAfterMs}`,
    'cluster-require-full-coverage no',
    'cluster-allow-replica-migration no',
  ];
  return [...names, `cluster-port ${bus}`, 'repl-diskless-sync-delay 0']
    .flatMap((option) => {
      const [name, value = ''] = option.split(' ');
      return [`--${name}`, value];
    })
    .concat(userWith('+cluster|slots', '+cluster|info', '+asking', '+cluster|keyslot'));
}
