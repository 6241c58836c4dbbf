import { freePort, RedisServer, untilRedis } from './redis-server.js';

const MASTERS = 3;
const SLOTS = 16_384;

/** Three masters that share the slots, and a replica of the first. What is dead for a second is replaced; the slots of others are served on. */
export class RedisCluster {
  private constructor(
    /** The masters, and last the replica of the first. */
    readonly nodes: readonly RedisServer[],
  ) {}

  static async start(): Promise<RedisCluster> {
    const buses = await Promise.all(Array.from({ length: MASTERS + 1 }, freePort));
    const nodes = await Promise.all(buses.map((bus) => RedisServer.start({}, optionsOf(bus))));
    const cluster = new RedisCluster(nodes);
    for (const [index, node] of nodes.entries()) await node.ask((client) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1));
    for (const [index, node] of nodes.slice(0, MASTERS).entries()) {
      const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / MASTERS));
      await node.ask((client) => client.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (to ?? 0) - 1));
      await nodes[index + 1]?.ask((client) => client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]?.port ?? 0, buses[0] ?? 0));
    }
    await cluster.agreed(new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${nodes.length}`));
    const [first, replica] = [nodes[0], nodes[MASTERS]];
    const id = await first?.ask((client) => client.call('CLUSTER', 'MYID'));
    await replica?.ask((client) => client.call('CLUSTER', 'REPLICATE', String(id)));
    await replica?.ask((client) => untilRedis(async () => (await client.info('replication')).includes('master_link_status:up')));
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`;
  }

  /** The server that holds a slot now, as one of those that are alive has it. */
  async holderOf(slot: number, alive: RedisServer): Promise<RedisServer> {
    const ranges = await alive.ask(async (client) => (await client.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][]);
    const port = ranges.find(([from, to]) => slot >= from && slot <= to)?.[2][1];
    const holder = this.nodes.find((node) => node.port === port);
    if (!holder) throw new Error('nobody holds this slot');
    return holder;
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

function optionsOf(bus: number): readonly string[] {
  const names = ['cluster-enabled yes', 'cluster-node-timeout 1000', 'cluster-require-full-coverage no', 'cluster-allow-replica-migration no'];
  return [...names, `cluster-port ${bus}`, 'repl-diskless-sync-delay 0'].flatMap((option) => {
    const [name, value = ''] = option.split(' ');
    return [`--${name}`, value];
  });
}
