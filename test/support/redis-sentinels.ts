import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { RedisServer, untilRedis } from './redis-server.js';
import type { RedisTls } from './redis-tls.js';

const MASTER = 'gatra-main';
const SENTINELS = 3;

/** A master and its replica with three Sentinels over them, which ask for a password. What is dead for 0.7 s is replaced. */
export class RedisSentinels {
  static readonly password = 'sentinel-h7Gq2mZp';
  private readonly processes: ChildProcess[] = [];

  private constructor(
    /** The two servers; which is the master is for the Sentinels to say. */
    readonly servers: readonly RedisServer[],
    private readonly ports: readonly number[],
    private readonly directory: string,
    private readonly tls: RedisTls | undefined,
  ) {}

  /** @param tls how all of them are spoken to, and speak to one another; in the clear where it is left out */
  static async start(tls?: RedisTls): Promise<RedisSentinels> {
    const master = await RedisServer.start({}, [], tls);
    const replica = await RedisServer.start({}, ['--repl-diskless-sync-delay', '0'], tls);
    await replica.follow(master);
    await replica.ask((client) => untilRedis(async () => (await client.info('replication')).includes('master_link_status:up')));
    const ports = await Promise.all(Array.from({ length: SENTINELS }, freePort));
    const sentinels = new RedisSentinels([master, replica], ports, mkdtempSync(join(tmpdir(), 'gatra-sentinels-')), tls);
    for (const port of ports) sentinels.watch(port, master.servedPort);
    await Promise.all(ports.map((port) => agreed(port, tls)));
    return sentinels;
  }

  get url(): string {
    return `redis${this.tls ? 's' : ''}+sentinel://${this.ports.map((port) => `127.0.0.1:${port}`).join()}/${MASTER}`;
  }

  /** The server that is the master now, as the first Sentinel has it. */
  async master(): Promise<RedisServer> {
    const [, port] = await asking(
      this.ports[0] ?? 0,
      this.tls,
      async (client) => (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)) as string[],
    );
    const found = this.servers.find((server) => server.servedPort === Number(port));
    if (!found) throw new Error('the master is none of these servers');
    return found;
  }

  /** Ends a Sentinel at once. */
  killSentinel(which: number): void {
    this.processes[which]?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    for (const process of this.processes) process.kill('SIGKILL');
    await Promise.all(this.servers.map((server) => server.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private watch(port: number, masterPort: number): void {
    const file = join(this.directory, `${port}.conf`);
    const settings = [
      ...(this.tls ? ['port 0', ...this.tls.settings(port).map((setting) => setting.join(' '))] : [`port ${port}`]),
      'bind 127.0.0.1',
      `dir ${this.directory}`,
      `requirepass ${RedisSentinels.password}`,
      `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${MASTER} 700`,
      `sentinel failover-timeout ${MASTER} 3000`,
    ];
    writeFileSync(file, `${settings.join('\n')}\n`);
    this.processes.push(spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }));
  }
}

async function asking<T>(port: number, tls: RedisTls | undefined, work: (client: Redis) => Promise<T>): Promise<T> {
  const secured = tls ? { tls: { ca: readFileSync(tls.caFile) } } : {};
  const { password } = RedisSentinels;
  const client = new Redis(port, '127.0.0.1', { password, retryStrategy: () => 20, enableReadyCheck: false, ...secured });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** A Sentinel knows the others and the replica, so that it can take part in replacing the master. */
function agreed(port: number, tls: RedisTls | undefined): Promise<void> {
  return asking(port, tls, (client) =>
    untilRedis(async () => {
      const told = (await client.call('SENTINEL', 'MASTER', MASTER)) as string[];
      const value = (name: string): number => Number(told[told.indexOf(name) + 1]);
      return value('num-other-sentinels') === SENTINELS - 1 && value('num-slaves') === 1;
    }),
  );
}
