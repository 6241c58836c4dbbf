import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dump, load } from 'js-yaml';
import { RULES } from './alert-rules.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** A point of a query's answer. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A rule as Prometheus sees it. */
export interface LiveRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: string;
}

/** A real Prometheus on a port of its own: our example, looking every second at one instance. */
export class Prometheus {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    private readonly baseUrl: string,
  ) {}

  /** @param target host and port that serve metrics. */
  static async start(target: string): Promise<Prometheus> {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-prometheus-'));
    const example = load(readFileSync(join(RULES, 'prometheus.example.yml'), 'utf8')) as {
      rule_files: string[];
      scrape_configs: { job_name: string }[];
    };
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: example.rule_files.map((file) => resolve(RULES, file)),
      scrape_configs: example.scrape_configs.map(({ job_name }) => ({ job_name, static_configs: [{ targets: [target] }] })),
    };
    const file = join(directory, 'prometheus.yml');
    writeFileSync(file, dump(config));
    const port = await freePort();
    const flags = [`--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=127.0.0.1:${port}`];
    const child = spawn('prometheus', [...flags, '--log.level=error'], { stdio: 'ignore' });
    const prometheus = new Prometheus(child, directory, `http://127.0.0.1:${port}`);
    await eventually(async () => expect((await fetch(`${prometheus.baseUrl}/-/ready`)).status).toBe(200), 60_000);
    return prometheus;
  }

  /** What an expression is now. @throws Error with Prometheus' own where it is none. */
  async query(expr: string): Promise<readonly Sample[]> {
    const answer = await this.get<{ result: readonly Sample[] }>(`/api/v1/query?query=${encodeURIComponent(expr)}`);
    return answer.result;
  }

  async rules(): Promise<readonly LiveRule[]> {
    const { groups } = await this.get<{ groups: readonly { rules: readonly LiveRule[] }[] }>('/api/v1/rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async get<T>(path: string): Promise<T> {
    const answer = (await (await fetch(this.baseUrl + path)).json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }
}
