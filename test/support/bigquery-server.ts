import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BigQueryEndpoint } from '../../src/mssp/lake/adapters/bigquery/bigquery-settings.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const START_MS = 60_000;
const DIRECTORY = join(import.meta.dirname, '../emulators');
const PYTHON = join(DIRECTORY, '.venv/bin/python');

/** Why there is no emulator here. */
export function missingBigQuery(): string | undefined {
  return existsSync(PYTHON) ? undefined : 'the emulator of BigQuery is not installed';
}

/** An emulator of BigQuery on private ports. What it holds is kept over a restart where it has a directory. */
export class BigQueryServer {
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly restPort: number,
    private readonly grpcPort: number,
    private readonly directory: string | undefined,
  ) {}

  /** @param keeps whether it has a directory of its own */
  static async start(keeps = false): Promise<BigQueryServer> {
    // Its client looks for a machine of Google's otherwise.
    process.env['METADATA_SERVER_DETECTION'] = 'none';
    const server = new BigQueryServer(
      await freePort(),
      await freePort(),
      keeps ? mkdtempSync(join(tmpdir(), 'gatra-bigquery-')) : undefined,
    );
    await server.begin();
    return server;
  }

  get endpoint(): BigQueryEndpoint {
    return { rest: `http://127.0.0.1:${this.restPort}`, host: '127.0.0.1', port: this.grpcPort, plain: true };
  }

  /** Starts it again on the same ports after `kill`. */
  async begin(): Promise<void> {
    const ports = ['--rest-port', String(this.restPort), '--grpc-port', String(this.grpcPort)];
    const place = this.directory === undefined ? ['--ephemeral'] : ['--persistent', '--data-dir', this.directory];
    const running = spawn(PYTHON, ['bigquery_emulator.py', 'start', ...place, '--log-level', 'error', ...ports], {
      cwd: DIRECTORY,
      env: { ...process.env, BQEMU_ENABLE_FORMAT_EXTENSIONS: 'false', PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [running.stdout, running.stderr])
      stream.on('data', (text: Buffer) => (this.output = (this.output + text).slice(-4_000)));
    this.process = running;
    await eventually(async () => {
      if (running.exitCode !== null) throw new Error(`the emulator has ended: ${this.output}`);
      await this.ask('GET', '/datasets');
    }, START_MS);
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGKILL');
    await ended;
  }

  /** Ends it and removes its directory. */
  async stop(): Promise<void> {
    await this.kill();
    if (this.directory !== undefined) rmSync(this.directory, { recursive: true, force: true });
  }

  /** Asks the REST API of its project, as somebody else would. @throws where the answer is an error */
  async ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const url = `${this.endpoint.rest}/bigquery/v2/projects/${PROJECT}${path}`;
    const answer = await fetch(url, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
}

/** The project that the emulator is asked for. */
export const PROJECT = 'gatra-lake';
