import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from './built-app.js';
import { OidcTestIssuer } from './oidc-issuer.js';
import { RedisServer } from './redis-server.js';
import { SecretManagerServer } from './secret-manager-server.js';
import { TcpFaultProxy, type Toxic } from './tcp-fault-proxy.js';

export const TOXIC_DEPENDENCIES = ['redis', 'intel', 'oidc', 'secret-manager'] as const;

export type ToxicDependency = (typeof TOXIC_DEPENDENCIES)[number];

/** What came of one toxic at one dependency. */
export interface ToxicOutcome {
  /** Answers that no document foresees. */
  readonly surprises: readonly string[];
  /** Tokens of an identity provider that could not be checked. */
  readonly unchecked: number;
  /** p99 of a route that has nothing to do with the dependency, milliseconds. */
  readonly p99: number;
  /** How long after the toxic was gone the dependency served again, milliseconds. */
  readonly recoveryMs: number;
}

/** What the process holds. */
export interface Holdings {
  readonly fds: number;
  readonly timers: number;
  readonly heap: number;
}

/** Each time another one, as keys that were read once serve for minutes. */
const ISSUERS = 12;
const RECOVERY_PATIENCE_MS = 10_000;
const PROJECT = 'projects/toxic/secrets';
const TENANTS = [{ tenant_id: 'acme-corp', claim: ['roles'], roles: { soc: 'analyst' } }];

/** What stands around the app. */
interface RigParts {
  readonly app: BuiltApp;
  readonly redis: RedisServer;
  readonly secrets: SecretManagerServer;
  readonly feed: Server;
  readonly issuers: readonly OidcTestIssuer[];
  readonly proxies: Readonly<Record<Exclude<ToxicDependency, 'oidc'>, TcpFaultProxy>>;
  readonly issuerProxies: readonly TcpFaultProxy[];
  readonly directory: string;
  /** How often the feed was read. */
  readonly reads: () => number;
}

/** A load while a toxic holds, and what comes of it. */
interface Load {
  readonly rate: number;
  readonly ms: number;
  readonly dependency: ToxicDependency;
  /** Which identity provider is asked. */
  readonly which: number;
  readonly times: number[];
  readonly surprises: string[];
}

/** The app as a process of its own, with everything that it calls behind proxies, under load. */
export class ToxicRig {
  /** Events that the app has acknowledged. */
  acknowledged = 0;
  private unchecked = 0;
  private issuersUsed = 0;
  private token = '';
  private operator = '';

  private constructor(private readonly parts: RigParts) {}

  static async start(): Promise<ToxicRig> {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-toxic-'));
    const redis = await RedisServer.start();
    const secrets = await SecretManagerServer.start();
    for (const name of ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER'])
      secrets.put(`${PROJECT}/${name}`, randomBytes(48).toString('hex'));
    let reads = 0;
    const feed = createServer((_request, response) => {
      reads += 1;
      response.end('203.0.113.7\n');
    });
    await new Promise<void>((listening) => feed.listen(0, '127.0.0.1', listening));
    const issuerProxies: TcpFaultProxy[] = [];
    const issuers = await Promise.all(
      Array.from({ length: ISSUERS }, () =>
        OidcTestIssuer.start(async (port) => {
          const proxy = await TcpFaultProxy.start(port);
          issuerProxies.push(proxy);
          return proxy.port;
        }),
      ),
    );
    const proxies = {
      redis: await TcpFaultProxy.start(redis.port),
      intel: await TcpFaultProxy.start((feed.address() as AddressInfo).port),
      'secret-manager': await TcpFaultProxy.start(secrets.port),
    };
    const file = join(directory, 'issuers.json');
    writeFileSync(file, JSON.stringify({ issuers: issuers.map(({ issuer }) => ({ issuer, audience: 'gatra', tenants: TENANTS })) }));
    const app = await BuiltApp.start({
      env: {
        LOG_LEVEL: 'info',
        REDIS_URL: `redis://127.0.0.1:${proxies.redis.port}`,
        GATRA_INTEL_FEEDS: `http://127.0.0.1:${proxies.intel.port}/feed.txt`,
        INTEL_REFRESH_SECONDS: '1',
        OIDC_ISSUERS_FILE: file,
        GCP_SECRET_MANAGER_PROJECT: 'toxic',
        GCP_SECRET_MANAGER_ENDPOINT: `http://127.0.0.1:${proxies['secret-manager'].port}`,
        SECRETS_REFRESH_SECONDS: '1',
        CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '1',
        CIRCUIT_BREAKER_OIDC_RECOVERY_TIMEOUT: '1',
        CIRCUIT_BREAKER_INTEL_HALF_OPEN_PROBES: '1',
        OUTBOUND_INTEL_ATTEMPT_TIMEOUT: '1',
        OUTBOUND_SECRET_MANAGER_ATTEMPT_TIMEOUT: '1',
        OUTBOUND_OIDC_ATTEMPT_TIMEOUT: '1',
        OUTBOUND_OIDC_TOTAL_TIMEOUT: '1',
      },
    });
    const rig = new ToxicRig({ app, redis, secrets, feed, issuers, proxies, issuerProxies, directory, reads: () => reads });
    rig.token = await app.token('acme-corp', 'analyst');
    rig.operator = await app.token('platform');
    return rig;
  }

  get isAlive(): boolean {
    return this.parts.app.process.exitCode === null && this.parts.app.process.signalCode === null;
  }

  /** Lines that tell of what nobody has caught. */
  get uncaught(): readonly string[] {
    return this.parts.app.printed.filter((line) => /unhandled|uncaught|"level":"fatal"/i.test(line));
  }

  /** Has it use everything once that the test uses, so that it holds what it will hold; but no identity provider. */
  async warmUp(): Promise<void> {
    await this.calm(20, 1_000);
    for (const dependency of ['redis', 'intel', 'secret-manager'] as const) await this.isWell(dependency, this.served(dependency) - 1, 0);
    await this.stored();
  }

  /** p99 of the routes that are measured while everything is well, for as long. */
  async calm(rate: number, ms: number): Promise<number> {
    const times: number[] = [];
    await this.load({ rate, ms, dependency: 'intel', which: 0, times, surprises: [] });
    return p99(times);
  }

  /** Holds a toxic at a dependency for a time under load, takes it away, and waits until the dependency serves again. */
  async suffer(dependency: ToxicDependency, toxic: Toxic, rate: number, ms: number): Promise<ToxicOutcome> {
    const which = dependency === 'oidc' ? this.issuersUsed++ : 0;
    const proxy =
      dependency === 'oidc'
        ? this.parts.issuerProxies.find(({ port }) => this.parts.issuers[which]?.issuer.includes(`:${port}/`))
        : this.parts.proxies[dependency];
    if (!proxy) throw new Error('no such proxy');
    const times: number[] = [];
    const surprises: string[] = [];
    this.unchecked = 0;
    proxy.poison(toxic);
    await this.load({ rate, ms, dependency, which, times, surprises });
    const { unchecked } = this;
    const seen = this.served(dependency);
    proxy.heal();
    const healed = performance.now();
    while (!(await this.isWell(dependency, seen, which)) && performance.now() - healed < RECOVERY_PATIENCE_MS) await sleep(50);
    const recoveryMs = (await this.isWell(dependency, seen, which)) ? performance.now() - healed : Infinity;
    return { surprises, unchecked, p99: p99(times), recoveryMs };
  }

  /** Events of the tenant that are stored, and what does not add up. */
  async stored(): Promise<{ readonly stored: number; readonly remainder: number }> {
    const answer = await this.get('/api/v1/accounting', this.token);
    const { hours, remainder } = (await answer.json()) as { hours: { stored: number }[]; remainder: number };
    return { stored: hours.reduce((sum, hour) => sum + hour.stored, 0), remainder };
  }

  async holdings(): Promise<Holdings> {
    const text = await (await this.get('/metrics', this.operator)).text();
    const read = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    return {
      fds: read('process_open_fds'),
      timers: read('nodejs_active_resources\\{type="Timeout"\\}'),
      heap: read('nodejs_heap_size_used_bytes'),
    };
  }

  async stop(): Promise<number | null> {
    const code = await this.parts.app.stop();
    for (const proxy of [...Object.values(this.parts.proxies), ...this.parts.issuerProxies]) await proxy.stop();
    for (const issuer of this.parts.issuers) await issuer.stop();
    this.parts.secrets.stop();
    this.parts.feed.closeAllConnections();
    this.parts.feed.close();
    await this.parts.redis.stop();
    rmSync(this.parts.directory, { recursive: true, force: true });
    return code;
  }

  /** Sends events, asks what has nothing to do with the dependency, and asks in the name of the identity provider. */
  private async load({ rate, ms, dependency, which, times, surprises }: Load): Promise<void> {
    const began = performance.now();
    const underWay: Promise<void>[] = [];
    for (let sent = 0; performance.now() - began < ms; sent += 1) {
      if (sent % 4 === 0) underWay.push(this.ingest(dependency, surprises));
      else if (sent % 10 === 5 && dependency === 'oidc') underWay.push(this.askAsProvider(which, surprises));
      else underWay.push(this.askUnrelated(dependency, times, surprises));
      await sleep(Math.max(0, ((sent + 1) * 1_000) / rate - (performance.now() - began)));
    }
    await Promise.all(underWay);
  }

  private async ingest(dependency: ToxicDependency, surprises: string[]): Promise<void> {
    const headers = { 'X-API-Key': this.parts.app.apiKey('acme-corp', 'collector'), 'Content-Type': 'application/json' };
    const body = JSON.stringify({ source: 'generic', events: [{ message: randomBytes(8).toString('hex') }] });
    const { status } = await drained(
      fetch(`${this.parts.app.baseUrl}/api/v1/events`, { method: 'POST', headers: { ...headers, Connection: 'close' }, body }),
    );
    if (status === 202) this.acknowledged += 1;
    else if (dependency !== 'redis' || (status !== 429 && status !== 503)) surprises.push(`events answered ${status}`);
  }

  private async askAsProvider(which: number, surprises: string[]): Promise<void> {
    const { status } = await drained(this.asProvider(which));
    if (status === 503) this.unchecked += 1;
    else if (status !== 200) surprises.push(`a token of the provider was answered ${status}`);
  }

  private async askUnrelated(dependency: ToxicDependency, times: number[], surprises: string[]): Promise<void> {
    const began = performance.now();
    // Limits are counted in Redis, so that only what has no limit has nothing to do with it.
    const { status } = await drained(
      dependency === 'redis'
        ? fetch(`${this.parts.app.baseUrl}/health/live`, { headers: { Connection: 'close' } })
        : this.get('/api/v1/alerts?limit=1', this.token),
    );
    times.push(performance.now() - began);
    if (status !== 200) surprises.push(`an unrelated route answered ${status}`);
  }

  private async asProvider(which: number): Promise<Response> {
    return this.get('/api/v1/alerts?limit=1', (await this.parts.issuers[which]?.token({ roles: 'soc' })) ?? '');
  }

  /** What the dependency has served. */
  private served(dependency: ToxicDependency): number {
    if (dependency === 'intel') return this.parts.reads();
    return dependency === 'secret-manager' ? (this.parts.secrets.calls.get('ListSecretVersions') ?? 0) : 0;
  }

  private async isWell(dependency: ToxicDependency, seen: number, which: number): Promise<boolean> {
    if (dependency === 'oidc') return (await drained(this.asProvider(which))).status === 200;
    if (dependency === 'redis') {
      const answer = await this.get('/admin/rate-limit/status?limit=1', this.operator);
      return ((await answer.json()) as { backend?: string }).backend === 'redis';
    }
    if (this.served(dependency) <= seen) return false;
    const { items } = (await (await this.get('/admin/circuit-breaker/status', this.operator)).json()) as {
      items: { service: string; state: string }[];
    };
    return items.filter(({ service }) => service.startsWith(dependency)).every(({ state }) => state === 'closed');
  }

  private get(path: string, token: string): Promise<Response> {
    return fetch(`${this.parts.app.baseUrl}${path}`, { headers: { Authorization: `Bearer ${token}`, Connection: 'close' } });
  }
}

async function drained(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  await response.arrayBuffer();
  return response;
}

function p99(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
}
