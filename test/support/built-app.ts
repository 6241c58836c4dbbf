import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOTSTRAP_FILE, type BootstrapFile } from '../../src/platform/tenancy/bootstrap.js';
import { START_FLAGS } from './start-flags.js';
import { UNHURRIED } from './unhurried.js';

const MAIN = resolve('dist/main.js');

/** Variables of an app that goes on serving though an operator had it drain: for tests that call every operation there is. */
export const STAYS_IN_SERVICE = { SHUTDOWN_DELAY_SECONDS: '500', SHUTDOWN_GRACE_SECONDS: '600' } as const;

/** The built app as a process of its own: what users run, with the API document that only the build can make. */
export class BuiltApp {
  private constructor(
    readonly process: ChildProcess,
    readonly dataDir: string,
    readonly baseUrl: string,
    readonly bootstrap: BootstrapFile,
    /** What it has printed, line by line. */
    readonly printed: readonly string[],
  ) {}

  /** Starts it on a fresh data directory, or on that of an earlier one; `main` starts another build, `under` a command that runs it. */
  static async start(
    options: {
      readonly env?: Readonly<Record<string, string>>;
      /** With the product's own limits of load. */
      readonly asShipped?: boolean;
      readonly dataDir?: string;
      readonly main?: string;
      readonly under?: readonly string[];
    } = {},
  ): Promise<BuiltApp> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'gatra-built-'));
    const env = {
      ENVIRONMENT: 'development',
      PORT: '0',
      LOG_LEVEL: 'info',
      GATRA_DATA_DIR: dataDir,
      INGEST_WORKERS: '1',
      ...(options.asShipped ? {} : UNHURRIED),
      ...options.env,
    };
    const [command, ...words] = [...(options.under ?? []), process.execPath, ...START_FLAGS, options.main ?? MAIN];
    const child = spawn(command ?? process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const baseUrl = await new Promise<string>((resolveUrl, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          if (line.includes('"event":"listening"')) resolveUrl((JSON.parse(line) as { base_url: string }).base_url);
        });
      }
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`the app did not start:\n${lines.slice(-20).join('\n')}`)));
    });
    const bootstrap = JSON.parse(readFileSync(join(dataDir, BOOTSTRAP_FILE), 'utf8')) as BootstrapFile;
    return new BuiltApp(child, dataDir, baseUrl, bootstrap, lines);
  }

  apiKey(tenant: string, role = ''): string {
    const credential = tenant === 'platform' ? this.bootstrap.platform_admin : this.bootstrap.tenants[tenant]?.[role];
    if (!credential) throw new Error(`no such credential: ${tenant} ${role}`);
    return credential.api_key;
  }

  async token(tenant: string, role?: string): Promise<string> {
    const answer = await fetch(`${this.baseUrl}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'X-API-Key': this.apiKey(tenant, role) },
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Kills it as a power cut would; the data directory stays. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Lets it drain; answers its exit code. */
  /** @param options `atOnce`: without waiting for balancers, as a second signal has it. */
  async stop(options: { readonly keep?: boolean; readonly atOnce?: boolean } = {}): Promise<number | null> {
    const ended = this.end('SIGTERM');
    while (options.atOnce && this.isAlive) {
      await sleep(100);
      this.process.kill('SIGTERM');
    }
    await ended;
    if (!options.keep) rmSync(this.dataDir, { recursive: true, force: true });
    return this.process.exitCode;
  }

  private get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isAlive) return;
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill(signal);
    await ended;
  }
}
