import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describeUnless } from './describe-unless.js';
import { freePort } from './free-port.js';
import type { RedisTls } from './redis-tls.js';

const START_MS = 10_000;

/** A real Redis of one's own on a private port and directory. Nothing is kept over a restart, scripts included. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    /** Where it is asked in the clear. */
    readonly port: number,
    /** Where the app and other servers speak to it. */
    readonly servedPort: number,
    private readonly directory: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly options: readonly string[],
  ) {}

  /**
   * @param environment variables of the server's process, such as those of libfaketime.
   * @param options more of the server's own
   * @param tls how others speak to it; in the clear where it is left out
   */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    options: readonly string[] = [],
    tls?: RedisTls,
  ): Promise<RedisServer> {
    const port = await freePort();
    const servedPort = tls ? await freePort() : port;
    const all = [...(tls?.settings(servedPort) ?? []).flatMap(([name, value]) => [`--${name}`, value]), ...options];
    const server = new RedisServer(port, servedPort, mkdtempSync(join(tmpdir(), 'gatra-redis-')), environment, all);
    await server.begin();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port after `kill`. */
  async begin(): Promise<void> {
    const usual = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.directory];
    this.process = spawn('redis-server', [...usual, ...this.options], { env: { ...process.env, ...this.environment }, stdio: 'ignore' });
    await this.answering();
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGCONT');
    running.kill('SIGKILL');
    await ended;
  }

  /** It stays connected and answers nothing, until `resume`. */
  pause(): void {
    this.process?.kill('SIGSTOP');
  }

  resume(): void {
    this.process?.kill('SIGCONT');
  }

  /** Becomes a replica. */
  async follow(master: RedisServer): Promise<void> {
    await master.ask(async (client) => client.config('SET', 'repl-diskless-sync-delay', '0'));
    await this.ask(async (client) => client.replicaof('127.0.0.1', String(master.servedPort)));
  }

  /** `FAILOVER`, as soon as its replica is in step: that becomes the master, and it a replica that takes no writes. */
  async handOverTo(replica: RedisServer): Promise<void> {
    await this.ask(async (client) => {
      await untilRedis(async () => (await client.info('replication')).includes('state=online'));
      await client.call('FAILOVER', 'TO', '127.0.0.1', String(replica.servedPort));
      await untilRedis(async () => (await client.info('replication')).includes('role:slave'));
    });
    await replica.ask(async (client) => untilRedis(async () => (await client.info('replication')).includes('role:master')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Asks it something, on a connection of its own. */
  async ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** Ends it and removes its directory. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async answering(): Promise<void> {
    const deadline = Date.now() + START_MS;
    const client = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => (Date.now() < deadline ? 20 : null) });
    client.on('error', () => undefined);
    try {
      await client.ping();
    } finally {
      client.disconnect();
    }
  }
}

/** Waits until servers have agreed on something. */
export async function untilRedis(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + START_MS; !(await isSo()); await pause(20)) {
    if (Date.now() > deadline) throw new Error('the Redis servers do not come to agree');
  }
}

/** Tells whether a program can be run here. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Describes what needs programs that are not ours, where all of them are installed. */
export function describeWith(programs: readonly string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  describeUnless(missing.length === 0 ? undefined : `${missing.join(', ')} not installed`, title, suite);
}
