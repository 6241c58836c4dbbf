import { randomBytes, randomUUID } from 'node:crypto';
import { canaryBundle, canaryEvent, makeCanary } from '../../src/cli/probe/canary.js';
import { seedTenant, type Seed } from '../../src/cli/probe/seed-tenant.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import type { WorkTables } from '../../src/platform/work-queue/work-tables.js';
import { canaryTenants } from './canary-tenants.js';
import type { RunningApp } from './running-app.js';
import { ServiceCaller } from './service-caller.js';
import { TRIAGE } from './triage-call.js';

const ACME = 'acme-corp';
const PATIENCE_MS = 30_000;

/** An answer that a deed had. */
export interface DeedAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How a deed is done: by whom (a role, or a service), and in which request. */
interface Asked {
  readonly as: 'platform' | 'collector' | 'analyst' | 'responder' | 'tenant_admin' | 'mssp';
  readonly tenant?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Send = (path: string, asked: Asked) => Promise<DeedAnswer>;

/** Everything that changes something, done once over HTTP, each on objects of its own. */
export class AuditedDeeds {
  private readonly tokens = new Map<string, Promise<string>>();
  private tenants = 0;

  private constructor(
    private readonly app: RunningApp,
    private readonly service: ServiceCaller,
    private readonly seeds: readonly [Seed, Seed],
  ) {}

  /** Gives a tenant what the deeds are done to. */
  static async of(app: RunningApp): Promise<AuditedDeeds> {
    const { owner } = canaryTenants(app);
    const seed = (): Promise<Seed> => {
      const options = { run: randomUUID(), patienceMs: PATIENCE_MS, random: (below: number) => randomBytes(1).readUInt8() % below };
      return seedTenant(owner, makeCanary(randomBytes(32)), options);
    };
    return new AuditedDeeds(app, await ServiceCaller.of(app.dataDir), [await seed(), await seed()]);
  }

  /** Does what an operation is for. @param operation its method and path, as the document has them @throws Error for one that is not known */
  async do(operation: string, correlationId: string): Promise<DeedAnswer> {
    const deed = this.deeds[operation];
    if (!deed) throw new Error(`say here how ${operation} is done`);
    const [method = '', template = ''] = operation.split(' ');
    const path = template.replace('{tenant_id}', ACME);
    return deed((to, asked) => this.ask(method, to || path, asked, { 'X-Correlation-ID': correlationId }));
  }

  private readonly deeds: Readonly<Record<string, (send: Send) => Promise<DeedAnswer>>> = {
    'POST /api/v1/auth/token': (send) => send('', { as: 'analyst', headers: { 'X-API-Key': this.app.apiKey(ACME, 'analyst') } }),
    'POST /api/v1/auth/revoke': async (send) =>
      send('', { as: 'analyst', headers: { Authorization: `Bearer ${await this.app.token(ACME, 'analyst')}` } }),
    'POST /api/v1/events': (send) => {
      const body = { source: 'sysmon', events: [canaryEvent(makeCanary(randomBytes(32)), new Date())] };
      return send('', { as: 'collector', tenant: 'globex', body, headers: { 'X-API-Key': this.app.apiKey('globex', 'collector') } });
    },
    'PATCH /api/v1/alerts/{alert_id}': async (send) => {
      const path = `/api/v1/alerts/${this.value('alert_id')}`;
      const { version } = (await this.ask('GET', path, { as: 'analyst' })).body;
      return send(path, { as: 'analyst', body: { status: 'in_progress', assignee: 'jo', version } });
    },
    'POST /api/v1/alerts/{alert_id}/feedback': (send) =>
      send(`/api/v1/alerts/${this.value('alert_id', 1)}/feedback`, {
        as: 'responder',
        body: { verdict: 'false_positive', comments: 'The backup job.' },
      }),
    'PATCH /api/v1/incidents/{incident_id}': async (send) => {
      const path = `/api/v1/incidents/${this.value('incident_id')}`;
      return send(path, { as: 'analyst', body: { assignee: 'jo', version: await this.versionOf(path) } });
    },
    'POST /api/v1/incidents/{incident_id}/merge': async (send) => {
      const path = `/api/v1/incidents/${this.value('incident_id')}`;
      const body = { incident_ids: [this.value('incident_id', 1)], version: await this.versionOf(path) };
      return send(`${path}/merge`, { as: 'analyst', body });
    },
    'POST /api/v1/incidents/{incident_id}/actions': (send) => this.requestAction(send),
    'POST /api/v1/approvals/{approval_id}/approve': async (send) => {
      const { approval_id, digest } = (await this.requestAction()).body;
      return send(`/api/v1/approvals/${String(approval_id)}/approve`, { as: 'responder', body: { digest, comments: 'Seen.' } });
    },
    'POST /api/v1/approvals/{approval_id}/reject': async (send) => {
      const { approval_id } = (await this.requestAction()).body;
      return send(`/api/v1/approvals/${String(approval_id)}/reject`, { as: 'responder', body: { comments: 'Not now.' } });
    },
    'POST /api/v1/containment/actions/{action_id}/revert': (send) =>
      send(`/api/v1/containment/actions/${this.value('action_id')}/revert`, { as: 'responder', body: { reason: 'It is over.' } }),
    'POST /api/v1/contain': (send) => send('', { as: 'mssp', body: { incident_id: this.value('incident_id') } }),
    'POST /api/v1/intel/indicators': (send) => send('', { as: 'analyst', body: bundle() }),
    'DELETE /api/v1/intel/indicators/{indicator_id}': (send) =>
      send(`/api/v1/intel/indicators/${this.value('indicator_id')}`, { as: 'analyst' }),
    'PUT /api/v1/rule-filters': (send) => send('', { as: 'analyst', body: { document: ownFilter() } }),
    'DELETE /api/v1/rule-filters': async (send) => {
      await this.ask('PUT', '/api/v1/rule-filters', { as: 'analyst', body: { document: ownFilter() } });
      return send('', { as: 'analyst' });
    },
    'POST /api/v1/rule-backtests': (send) => send('', { as: 'analyst', body: { document: ownRule() } }),
    'DELETE /api/v1/rule-backtests/{backtest_id}': async (send) => {
      const { backtest_id } = (await this.ask('POST', '/api/v1/rule-backtests', { as: 'analyst', body: { document: ownRule() } })).body;
      return send(`/api/v1/rule-backtests/${String(backtest_id)}`, { as: 'analyst' });
    },
    'POST /api/v1/retro-matches': (send) => send('', { as: 'analyst', body: {} }),
    'DELETE /api/v1/retro-matches/{retro_id}': async (send) => {
      const { retro_id } = (await this.ask('POST', '/api/v1/retro-matches', { as: 'analyst', body: {} })).body;
      return send(`/api/v1/retro-matches/${String(retro_id)}`, { as: 'analyst' });
    },
    'POST /api/v1/rule-liveness': (send) => send('', { as: 'analyst' }),
    'POST /api/v1/threat-intel/update': (send) => send('', { as: 'mssp', body: bundle() }),
    'POST /api/v1/feedback': (send) => {
      const [feedback_id, alert_id] = [randomUUID(), randomUUID()];
      const body = { feedback_id, alert_id, rule_id: 'rule-1', verdict: 'false_positive', comments: '', analyst: 'jo@acme-corp' };
      return send('', { as: 'mssp', body });
    },
    'POST /api/v1/triage': (send) => send('', { as: 'mssp', body: TRIAGE }),
    'POST /api/v1/triage/batch': (send) => send('', { as: 'mssp', body: { items: [TRIAGE] } }),
    'POST /internal/v1/detect': (send) =>
      send('', { as: 'mssp', body: { source: 'auto', events: [canaryEvent(makeCanary(randomBytes(32)), new Date())] } }),
    'GET /api/v1/webhooks/signing-key': (send) => send('', { as: 'tenant_admin' }),
    'POST /api/v1/edl/{list}/credential': (send) => send('/api/v1/edl/ip/credential', { as: 'tenant_admin' }),
    'POST /api/v1/tenants': (send) => send('', { as: 'platform', body: this.newTenant() }),
    'PATCH /api/v1/tenants/{tenant_id}': async (send) => send(await this.tenantPath(), { as: 'platform', body: { name: 'Another name' } }),
    'DELETE /api/v1/tenants/{tenant_id}': async (send) => {
      const path = await this.tenantPath();
      const headers = { 'If-Match': `"${String(await this.versionOf(path))}"` };
      return send(`${path}?confirm=${path.split('/').at(-1) ?? ''}`, { as: 'platform', headers });
    },
    'POST /api/v1/tenants/{tenant_id}/data-key': async (send) => send(`${await this.tenantPath()}/data-key`, { as: 'platform' }),
    'POST /api/v1/tenants/{tenant_id}/suspend': async (send) => send(`${await this.tenantPath()}/suspend`, { as: 'platform' }),
    'POST /api/v1/tenants/{tenant_id}/resume': async (send) => {
      const path = await this.tenantPath();
      await this.ask('POST', `${path}/suspend`, { as: 'platform' });
      return send(`${path}/resume`, { as: 'platform' });
    },
    'PUT /api/v1/tenants/{tenant_id}/legal-hold': async (send) =>
      send(`${await this.tenantPath()}/legal-hold`, { as: 'platform', body: { reason: 'Case 1' } }),
    'DELETE /api/v1/tenants/{tenant_id}/legal-hold': async (send) => {
      const path = `${await this.tenantPath()}/legal-hold`;
      await this.ask('PUT', path, { as: 'platform', body: { reason: 'Case 1' } });
      return send(`${path}?reason=closed`, { as: 'platform' });
    },
    'POST /api/v1/tenants/{tenant_id}/api-keys': (send) => send('', { as: 'tenant_admin', body: newKey() }),
    'POST /api/v1/tenants/{tenant_id}/api-keys/{key_id}/rotate': async (send) =>
      send(`${await this.keyPath()}/rotate`, { as: 'tenant_admin', body: { overlap_seconds: 60 } }),
    'DELETE /api/v1/tenants/{tenant_id}/api-keys/{key_id}': async (send) => send(await this.keyPath(), { as: 'tenant_admin' }),
    'POST /api/v1/tenants/{tenant_id}/principals/{principal}/revoke': async (send) => {
      await this.keyPath();
      return send(`/api/v1/tenants/${ACME}/principals/${newKey().principal}/revoke`, { as: 'tenant_admin' });
    },
    'POST /admin/api-keys': (send) => send('', { as: 'platform', body: { principal: 'jo@platform' } }),
    'POST /admin/api-keys/{key_id}/rotate': async (send) =>
      send(`${await this.platformKeyPath()}/rotate`, { as: 'platform', body: { overlap_seconds: 60 } }),
    'DELETE /admin/api-keys/{key_id}': async (send) => send(await this.platformKeyPath(), { as: 'platform' }),
    'PUT /admin/log-level': (send) => send('', { as: 'platform', body: { level: 'fatal', for_seconds: 60 } }),
    'POST /admin/tenants/reload': (send) => send('', { as: 'platform' }),
    'POST /admin/rules/reload': (send) => send('', { as: 'platform' }),
    'POST /admin/data-keys/rewrap': (send) => send('', { as: 'platform' }),
    'POST /admin/rate-limit/reset': (send) => send(`/admin/rate-limit/reset?tenant_id=${ACME}`, { as: 'platform' }),
    'POST /admin/circuit-breaker/isolate': (send) => send('/admin/circuit-breaker/isolate?service=webhook', { as: 'platform' }),
    'POST /admin/circuit-breaker/reset': async (send) => {
      await this.ask('POST', '/admin/circuit-breaker/isolate?service=webhook', { as: 'platform' });
      return send('/admin/circuit-breaker/reset?service=webhook', { as: 'platform' });
    },
    'POST /admin/dead-letters/replay': async (send) => {
      await this.bury('test.kind');
      return send('/admin/dead-letters/replay?kind=test.kind', { as: 'platform' });
    },
    'POST /admin/dead-letters/{dead_letter_id}/replay': async (send) =>
      send(`/admin/dead-letters/${await this.bury('test.one')}/replay`, { as: 'platform' }),
    'DELETE /admin/dead-letters/{dead_letter_id}': async (send) =>
      send(`/admin/dead-letters/${await this.bury('test.given-up')}?reason=known`, { as: 'platform' }),
    'POST /admin/drain': (send) => send('', { as: 'platform' }),
  };

  private async ask(method: string, path: string, asked: Asked, headers: Readonly<Record<string, string>> = {}): Promise<DeedAnswer> {
    const { as, tenant = ACME, body } = asked;
    const all = { ...headers, ...asked.headers };
    if (as === 'mssp') {
      const answer = await this.service.send(this.app.baseUrl, { method, path, tenant, body, headers: all });
      return { status: answer.status, body: JSON.parse(answer.body) as DeedAnswer['body'] };
    }
    const credential = 'X-API-Key' in all || 'Authorization' in all ? {} : { Authorization: `Bearer ${await this.token(as, tenant)}` };
    const answer = await fetch(this.app.baseUrl + path, {
      method,
      headers: { ...credential, ...all, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as DeedAnswer['body']) };
  }

  private token(as: string, tenant: string): Promise<string> {
    const name = as === 'platform' ? as : `${tenant} ${as}`;
    const token = this.tokens.get(name) ?? (as === 'platform' ? this.app.token('platform') : this.app.token(tenant, as));
    this.tokens.set(name, token);
    return token;
  }

  private value(name: string, seed: 0 | 1 = 0): string {
    return this.seeds[seed].values.get(name) ?? '';
  }

  private async versionOf(path: string): Promise<unknown> {
    const as = path.startsWith('/api/v1/tenants') ? 'platform' : 'analyst';
    return (await this.ask('GET', path, { as })).body['version'];
  }

  /** An action that waits for another person. */
  private requestAction(send: Send = (path, asked) => this.ask('POST', path, asked)): Promise<DeedAnswer> {
    const target = { type: 'file', value: `C:\\Probe\\${randomUUID()}.exe` };
    const body = { action: 'quarantine_file', target, reason: 'It calls home.' };
    return send(`/api/v1/incidents/${this.value('incident_id')}/actions`, { as: 'analyst', body });
  }

  private newTenant(): { readonly tenant_id: string; readonly name: string } {
    const tenant_id = `initech-${++this.tenants}`;
    return { tenant_id, name: tenant_id };
  }

  private async tenantPath(): Promise<string> {
    const { body } = await this.ask('POST', '/api/v1/tenants', { as: 'platform', body: this.newTenant() });
    return `/api/v1/tenants/${String(body['tenant_id'])}`;
  }

  private async keyPath(): Promise<string> {
    const keys = `/api/v1/tenants/${ACME}/api-keys`;
    return `${keys}/${String((await this.ask('POST', keys, { as: 'tenant_admin', body: newKey() })).body['key_id'])}`;
  }

  private async platformKeyPath(): Promise<string> {
    const { body } = await this.ask('POST', '/admin/api-keys', { as: 'platform', body: { principal: 'jo@platform' } });
    return `/admin/api-keys/${String(body['key_id'])}`;
  }

  /** A dead letter of a kind that nobody does; answers its id. */
  private async bury(kind: string): Promise<string> {
    const db = await this.app.app.get(TenantDatabases, { strict: false }).of<WorkTables>(toTenantId(ACME));
    const now = Date.now();
    const dead_letter_id = randomUUID();
    const row = { kind, key: dead_letter_id, payload: '{}', correlation_id: 'of-the-letter', traceparent: null, state: 'dead' as const };
    const times = { not_before: now, scheduled_at: now, enqueued_at: now, first_failed_at: now, last_failed_at: now };
    await db
      .insertInto('work_item')
      .values({ ...row, ...times, attempts: 8, holder: null, generation: 0, last_error: 'cannot', dead_letter_id })
      .execute();
    return `${ACME}.${dead_letter_id}`;
  }
}

function bundle(): object {
  const random = (type: string): string => `${type}--${randomUUID()}`;
  return canaryBundle(makeCanary(randomBytes(32)), { indicator: random('indicator'), bundle: random('bundle') }, new Date());
}

/** A filter that was not there before. */
function ownFilter(): string {
  return `title: Filter
id: ${randomUUID()}
logsource: { product: windows }
filter: { rules: any, selection: { Computer: ${randomUUID()} }, condition: selection }`;
}

function ownRule(): string {
  return `title: Rule
logsource: { product: windows }
detection: { selection: { Computer: ${randomUUID()} }, condition: selection }`;
}

function newKey(): { readonly principal: string; readonly roles: readonly string[] } {
  return { principal: 'jo@acme-corp', roles: ['viewer'] };
}
