import { PLATFORM_LOG } from '../../platform/audit/audit-log.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import { ChainVerifier } from '../../platform/audit/hash-chain.js';
import type { Config } from '../../platform/config/config.js';
import type { BootstrapFile } from '../../platform/tenancy/bootstrap.js';
import { ApiClient } from '../client/api-client.js';
import { ProbeClient } from '../probe/probe-client.js';
import type { ProbeAnswer } from '../probe/judge.js';
import { answersToNobody, documentedOperations, publicOperations } from './observe-operations.js';
import { observeTls } from './observe-tls.js';
import type { Seen } from './rules/check.js';
import type { DeploymentFacts, ListedKey } from './rules/deployment-facts.js';
import type { Settings } from './rules/settings-rules.js';
import { see } from './see.js';

const WEEK_MS = 7 * 86_400_000;
const MOST_RECORDS = 20_000;
const MOST_TENANTS = 500;
const STRANGER = 'https://stranger.invalid';
const ATTACK = `/health/live?q=${encodeURIComponent("<script>alert(1)</script>' OR 1=1 --")}`;
const PROBES = ['/health/live', '/health/ready', '/health'];

/** Looks at a running deployment from outside, with the credentials of its operator; changes nothing. */
export class DeploymentObserver {
  private readonly operator: ProbeClient;
  private readonly lists: ApiClient;

  constructor(
    private readonly baseUrl: string,
    private readonly credentials: BootstrapFile,
  ) {
    this.operator = new ProbeClient(baseUrl, credentials.platform_admin.api_key);
    this.lists = new ApiClient(baseUrl, credentials.platform_admin.api_key);
  }

  /** The settings in force. */
  settings(): Promise<Seen<Settings>> {
    return see(async () => {
      const { configuration, secrets } = await this.shown();
      return { config: configuration, secrets: secrets.filter(({ is_set }) => is_set).map(({ name }) => name) };
    });
  }

  async facts(): Promise<DeploymentFacts> {
    // Before anything is asked that is to be refused.
    const refusals = await see(() => this.refusals());
    const tls = await see(() => observeTls(new URL(this.baseUrl)));
    const operations = await see(() => documentedOperations(this.operator));
    const unauthenticated = 'value' in operations ? await see(() => answersToNobody(this.operator, operations.value)) : operations;
    return {
      baseUrl: this.baseUrl,
      now: Date.now(),
      tls,
      health: await see(() => Promise.all(PROBES.map((path) => this.probe(path)))),
      headers: await see(async () => (await this.ask('/admin/build')).headers),
      cors: await see(async () => (await this.ask('/health/live', { Origin: STRANGER })).headers['access-control-allow-origin'] ?? null),
      unauthenticated,
      open: 'value' in operations ? { value: publicOperations(operations.value) } : operations,
      secrets: await see(async () => (await this.shown()).secrets),
      limits: await see(() => this.limits()),
      circuits: await see(
        async () => (await this.lists.get<{ items: { service: string; state: string }[] }>('/admin/circuit-breaker/status')).items,
      ),
      deadLetters: await see(() => this.deadLetters()),
      keys: await see(() => this.keys()),
      audit: await see(() => this.audit()),
      refusals,
      node: await see(async () => (await this.lists.get<{ node: string }>('/admin/build')).node),
      skew: await see(() => this.skew()),
      attackArrives: await see(async () => (await this.ask(ATTACK)).headers['x-correlation-id'] !== undefined),
      foreign: await see(() => this.foreign()),
    };
  }

  private shown(): Promise<{ configuration: Config; secrets: { name: string; is_set: boolean }[] }> {
    return this.lists.get('/admin/config');
  }

  private ask(path: string, headers: Readonly<Record<string, string>> = {}, client = this.operator): Promise<ProbeAnswer> {
    return client.send({ method: 'GET', path, headers, body: undefined });
  }

  private async probe(path: string): Promise<{ path: string; status: number; down: readonly string[] }> {
    // Asked without patience: 503 is an answer here.
    const answer = await fetch(this.baseUrl + path);
    const { checks = [] } = (await answer.json()) as { checks?: readonly { name: string; healthy: boolean }[] };
    return { path, status: answer.status, down: checks.filter(({ healthy }) => !healthy).map(({ name }) => name) };
  }

  private async limits(): Promise<{ backend: string; items: { tenant_id: string; policies: string[] }[] }> {
    const { backend } = await this.lists.get<{ backend: string }>('/admin/rate-limit/status');
    const items: { tenant_id: string; policies: string[] }[] = [];
    for await (const { tenant_id, limits } of this.lists.list<{ tenant_id: string; limits: { policy: string }[] }>(
      '/admin/rate-limit/status',
    ))
      items.push({ tenant_id, policies: limits.map(({ policy }) => policy) });
    return { backend, items };
  }

  private async deadLetters(): Promise<readonly string[]> {
    const { items } = await this.lists.get<{ items: { kind: string }[] }>('/admin/dead-letters?limit=1');
    return items.map(({ kind }) => kind);
  }

  private async keys(): Promise<readonly ListedKey[]> {
    const keys = await this.all<ListedKey>('/admin/api-keys');
    const tenants = await this.all<{ tenant_id: string }>('/api/v1/tenants');
    for (const { tenant_id: id } of tenants.slice(0, MOST_TENANTS))
      keys.push(...(await this.all<ListedKey>(`/api/v1/tenants/${id}/api-keys`)));
    return keys;
  }

  private async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for await (const item of this.lists.list<T>(path)) items.push(item);
    return items;
  }

  private async audit(): Promise<{ records: number; isWhole: boolean; fault?: string }> {
    const verifier = new ChainVerifier(PLATFORM_LOG);
    for await (const record of this.lists.list<AuditRecord>('/admin/audit')) {
      const fault = verifier.check(record);
      const records = verifier.end.index;
      if (fault) return { records, isWhole: false, fault: `record ${fault.index} ${fault.reason}` };
      if (records === MOST_RECORDS) return { records, isWhole: false };
    }
    return { records: verifier.end.index, isWhole: true };
  }

  private async refusals(): Promise<number> {
    const from = new Date(Date.now() - WEEK_MS).toISOString();
    const { items } = await this.lists.get<{ items: AuditRecord[] }>(`/admin/audit?from=${from}&sort=-index&limit=500`);
    return items.filter(({ outcome }) => outcome === 'refused').length;
  }

  private async skew(): Promise<number> {
    const { headers } = await this.ask('/health/live');
    const date = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(date)) throw new Error('answers have no date');
    return Math.round((date - Date.now()) / 1_000);
  }

  /** What one tenant is answered that names another. */
  private async foreign(): Promise<readonly { request: string; status: number }[]> {
    const { tenants } = this.credentials;
    const [own, other] = Object.keys(tenants);
    const key = own === undefined ? undefined : tenants[own]?.['viewer']?.api_key;
    if (other === undefined || key === undefined)
      throw new Error('the credentials name no two tenants; gatra probe isolation tries all there is');
    const client = new ProbeClient(this.baseUrl, key);
    const header = { 'X-Tenant-ID': other };
    const tries = [
      ['/api/v1/alerts', header],
      ['/api/v1/incidents', header],
      [`/api/v1/tenants/${other}`, {}],
    ] as const;
    return Promise.all(
      tries.map(async ([path, headers]) => ({
        request: `GET ${path} for ${other}`,
        status: (await this.ask(path, headers, client)).status,
      })),
    );
  }
}
