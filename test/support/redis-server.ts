import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describeUnless } from './describe-unless.js';

const START_MS = 10_000;

/** A real Redis of one's own on a private port and directory. Nothing is kept over a restart, scripts included. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param environment variables of the server's process, such as those of libfaketime. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'gatra-redis-')), environment);
    await server.begin();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port after `kill`. */
  async begin(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.directory];
    this.process = spawn('redis-server', options, { env: { ...process.env, ...this.environment }, stdio: 'ignore' });
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

/** Tells whether a program can be run here. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Describes what needs programs that are not ours, where all of them are installed. */
export function describeWith(programs: readonly string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  describeUnless(missing.length === 0 ? undefined : `${missing.join(', ')} not installed`, title, suite);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
