import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeUnless } from './describe-unless.js';
import { freePort } from './free-port.js';

const MAIN = 'test/support/clickhouse-main.mjs';
const INSTALLED = 'test/emulators/node_modules/chdb/package.json';

/** What the server answers to the next statements that have a text in them: an exception of its own, or what something before it says. */
export type ClickHouseTrouble = { readonly statement: string; readonly times: number } & (
  { readonly code: number; readonly type: string; readonly text: string } | { readonly status: number; readonly body: string }
);

/** ClickHouse's engine with its HTTP interface, on a port and in a directory of its own. What was written is still there after `kill` and `begin`. */
export class ClickHouseServer {
  readonly username = 'gatra';
  readonly password = 'a secret:of+ours';
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
  ) {}

  static async start(): Promise<ClickHouseServer> {
    const server = new ClickHouseServer(await freePort(), mkdtempSync(join(tmpdir(), 'gatra-clickhouse-')));
    await server.begin();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, with what it had. */
  async begin(): Promise<void> {
    const args = [String(this.port), join(this.directory, 'data'), this.username, this.password];
    this.process = fork(MAIN, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const ended = once(this.process, 'exit').then(() => Promise.reject(new Error('the server has ended by itself')));
    ended.catch(() => undefined);
    await Promise.race([once(this.process, 'message'), ended]);
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** Runs a statement, past everything that GATRA has; answers what it answers. */
  async ask(statement: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    const response = await fetch(this.url, { method: 'POST', body: statement, headers: { authorization } });
    const answer = await response.text();
    if (!response.ok) throw new Error(answer);
    return answer.trim();
  }

  /** Has the next statements fail. */
  async fail(trouble: ClickHouseTrouble): Promise<void> {
    if (!this.process) throw new Error('the server does not run');
    const noted = once(this.process, 'message');
    this.process.send(trouble);
    await noted;
  }

  /** Ends it and removes its directory. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Describes what needs ClickHouse, where its engine is installed. */
export function describeWithClickHouse(title: string, suite: () => void): void {
  describeUnless(existsSync(INSTALLED) ? undefined : 'chdb not installed: npm run test:emulators', title, suite, 'emulator');
}
