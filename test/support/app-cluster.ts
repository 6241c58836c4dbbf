import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltApp } from './built-app.js';

/** How a cluster is started. */
export interface ClusterOptions {
  /** How many instances; 3 unless told otherwise. */
  readonly size?: number;
  /** Variables of all of them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of single ones, by position. */
  readonly envOf?: (instance: number) => Readonly<Record<string, string>>;
  /** A data directory to continue on. */
  readonly dataDir?: string;
}

/** Several built apps, each a process of its own, on one data directory: what runs behind a balancer. */
export class AppCluster {
  private turn = 0;

  private constructor(
    readonly dataDir: string,
    readonly apps: BuiltApp[],
    private readonly environmentOf: (instance: number) => Readonly<Record<string, string>>,
  ) {}

  /** Starts all of them at once; resolves when every one serves. */
  static async start({ size = 3, env = {}, envOf = () => ({}), dataDir }: ClusterOptions = {}): Promise<AppCluster> {
    const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'gatra-cluster-'));
    const environmentOf = (instance: number): Readonly<Record<string, string>> => ({ ...env, ...envOf(instance) });
    const starting = Array.from({ length: size }, (_, instance) => BuiltApp.start({ dataDir: directory, env: environmentOf(instance) }));
    const started = await Promise.allSettled(starting);
    const apps = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const cluster = new AppCluster(directory, apps, environmentOf);
    const failed = started.find((result) => result.status === 'rejected');
    if (!failed) return cluster;
    await cluster.stop();
    throw failed.reason;
  }

  /** The instance at this position. */
  app(instance: number): BuiltApp {
    const app = this.apps[instance];
    if (!app) throw new Error(`there is no instance ${instance}`);
    return app;
  }

  get baseUrls(): readonly string[] {
    return this.apps.map(({ baseUrl }) => baseUrl);
  }

  /** The base URL whose turn it is. */
  next(): string {
    const { baseUrl } = this.app(this.turn % this.apps.length);
    this.turn += 1;
    return baseUrl;
  }

  /** Asks the instance whose turn it is. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.next()}${path}`, init);
  }

  /** Asks every instance the same. */
  fetchAll(path: string, init?: RequestInit): Promise<Response[]> {
    return Promise.all(this.baseUrls.map((baseUrl) => fetch(`${baseUrl}${path}`, init)));
  }

  /** Kills one instance as a power cut would. */
  async kill(instance: number): Promise<void> {
    await this.app(instance).kill();
  }

  /** Starts an instance again that was killed or stopped; it gets a new port. */
  async restart(instance: number): Promise<BuiltApp> {
    const app = await BuiltApp.start({ dataDir: this.dataDir, env: this.environmentOf(instance) });
    this.apps[instance] = app;
    return app;
  }

  /** Lets all of them drain; the data directory is removed unless `keep`. Answers their exit codes. */
  async stop({ keep = false }: { readonly keep?: boolean } = {}): Promise<(number | null)[]> {
    const codes = await Promise.all(this.apps.map((app) => app.stop({ keep: true })));
    if (!keep) rmSync(this.dataDir, { recursive: true, force: true });
    return codes;
  }
}
