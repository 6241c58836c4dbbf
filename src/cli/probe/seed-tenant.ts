import { setTimeout as sleep } from 'node:timers/promises';
import { canaryBundle, canaryEvent, filterValues, type Canary } from './canary.js';
import { missingLike } from './known-ids.js';
import type { ProbeTenant } from './probe-tenant.js';

const POLL_MS = 150;

/** What the probe made in a tenant. */
export interface Seed {
  readonly canary: Canary;
  /** By the name of the parameter or field that takes them. */
  readonly values: ReadonlyMap<string, string>;
  /** Texts that nobody outside the tenant may see, besides the values. */
  readonly secrets: readonly string[];
  /** HTTP Basic credential of the list `domain`; left out where the list has one that the probe must not replace. */
  readonly listCredential: { readonly username: string; readonly password: string } | undefined;
  /** Whether it made a rule filter: not where there are filters that the probe must not replace. */
  readonly hasFilter: boolean;
}

/** How a tenant is seeded. */
export interface SeedOptions {
  /** Beginning of the idempotency keys, the same for both tenants: a store that mixes tenants up would replay. */
  readonly run: string;
  readonly patienceMs: number;
  readonly random: (below: number) => number;
}

/** Gives a tenant what others will try to reach: an event, its alert and incident, feedback, two containment actions, an indicator, a rule filter, a back-test, a comparison with indicators and a key. @throws Error */
export async function seedTenant(tenant: ProbeTenant, canary: Canary, options: SeedOptions): Promise<Seed> {
  const seeder = new Seeder(tenant, canary, options);
  const event = await seeder.event();
  const indicator = await seeder.indicator();
  const { alert, incident } = await seeder.incident();
  await seeder.settled(event.batch_id);
  const feedback = await seeder.feedback(alert['alert_id']);
  const actions = await seeder.actions(incident['incident_id']);
  const key = await seeder.key();
  const listCredential = await seeder.listCredential();
  const filter = await seeder.filter();
  const backtest = await seeder.backtest();
  const retro = await seeder.retroMatch();
  const { key: signingKey } = await tenant.as('tenant_admin').json('GET', '/api/v1/webhooks/signing-key');
  const current = await tenant.as('analyst').json('GET', `/api/v1/incidents/${incident['incident_id'] ?? ''}`);
  const values = new Map([
    ...filterValues(canary),
    ...Object.entries({ ...event, ...indicator, ...alert, ...incident, ...feedback, ...actions, ...key, ...filter, ...backtest, ...retro }),
    ['version', String(current['version'])],
    ['tenant_id', tenant.id],
    ['target_id', incident['incident_id'] ?? ''],
    ['actor', tenant.principal('analyst')],
  ]);
  const secrets = [String(signingKey), canary.principal, ...(listCredential ? [listCredential.password] : [])];
  return { canary, values, secrets, listCredential, hasFilter: filter !== undefined };
}

class Seeder {
  constructor(
    private readonly tenant: ProbeTenant,
    private readonly canary: Canary,
    private readonly options: SeedOptions,
  ) {}

  async event(): Promise<{ batch_id: string }> {
    const collector = this.tenant.as('collector');
    const answer = await collector.json(
      'POST',
      '/api/v1/events',
      { source: 'sysmon', events: [canaryEvent(this.canary, new Date())] },
      {
        credential: { 'X-API-Key': collector.apiKey },
        headers: this.headers('event'),
      },
    );
    return { batch_id: String(answer['batch_id']) };
  }

  async indicator(): Promise<Record<string, string>> {
    const id = (type: string): string => missingLike(`${type}--00000000-0000-4000-8000-000000000000`, this.options.random);
    const bundle = canaryBundle(this.canary, { indicator: id('indicator'), bundle: id('bundle') }, new Date());
    const analyst = this.tenant.as('analyst');
    await analyst.json('POST', '/api/v1/intel/indicators', bundle, { headers: this.headers('indicator') });
    const [found] = await this.items(`/api/v1/intel/indicators?value=${this.canary.domain}`);
    return { indicator_id: String(found?.['indicator_id']) };
  }

  /** The alert that the event raised, once it is judged and part of an incident. */
  async incident(): Promise<{ alert: Record<string, string>; incident: Record<string, string> }> {
    const alert = await this.until('an alert of the canary event in an incident', async () => {
      const [found] = await this.items(`/api/v1/alerts?entity=host:${this.canary.host}`);
      return found?.['verdict'] && found['incident_id'] ? found : undefined;
    });
    const [eventId] = alert['evidence'] as string[];
    return {
      alert: { alert_id: String(alert['alert_id']), event_id: String(eventId) },
      incident: { incident_id: String(alert['incident_id']) },
    };
  }

  /** Waits until the receipt of the canary's batch says what it will say from then on. */
  async settled(batchId: string): Promise<void> {
    const path = `/api/v1/events/batches/${batchId}`;
    await this.until('the receipt of the canary event to be settled', async () => {
      const { alerts_pending: pending } = await this.tenant.as('tenant_admin').json('GET', path);
      return pending === false || undefined;
    });
  }

  async feedback(alertId = ''): Promise<Record<string, string>> {
    const body = { verdict: 'benign_positive', comments: 'Canary of an isolation probe' };
    const given = await this.tenant
      .as('analyst')
      .json('POST', `/api/v1/alerts/${alertId}/feedback`, body, { headers: this.headers('feedback') });
    return { feedback_id: String(given['feedback_id']) };
  }

  /** One action that is in force, and one that waits for a person. */
  async actions(incidentId = ''): Promise<Record<string, string>> {
    const path = `/api/v1/incidents/${incidentId}/actions`;
    const ask = (action: string, target: object): Promise<Readonly<Record<string, unknown>>> => {
      const body = { action, target, reason: 'Canary of an isolation probe' };
      return this.tenant.as('analyst').json('POST', path, body, { headers: this.headers(action) });
    };
    const block = await ask('block_domain', { type: 'domain', value: this.canary.domain });
    const approval = `/api/v1/approvals/${String(block['approval_id'])}/approve`;
    await this.tenant.as('responder').json('POST', approval, { digest: block['digest'] }, { headers: this.headers('approve') });
    const waiting = await ask('quarantine_file', { type: 'file', value: `C:\\Probe\\${this.canary.process}` });
    const action = `/api/v1/containment/actions/${String(block['action_id'])}`;
    await this.until('the canary to be blocked', async () => {
      const { status } = await this.tenant.as('analyst').json('GET', action);
      return status === 'executed' ? status : undefined;
    });
    return { action_id: String(block['action_id']), approval_id: String(waiting['approval_id']), digest: String(waiting['digest']) };
  }

  async key(): Promise<Record<string, string>> {
    const path = `/api/v1/tenants/${this.tenant.id}/api-keys`;
    const body = { principal: this.canary.principal, roles: ['viewer'], label: 'Canary of an isolation probe' };
    const key = await this.tenant.as('tenant_admin').json('POST', path, body, { headers: this.headers('key') });
    return { key_id: String(key['key_id']) };
  }

  /** A filter that bears the canary's name and holds for nothing; none where there are filters that the probe must not replace. */
  async filter(): Promise<{ rule_id: string } | undefined> {
    const analyst = this.tenant.as('analyst');
    const { document: before } = await analyst.json('GET', '/api/v1/rule-filters');
    if (before !== '') return undefined;
    const id = missingLike('00000000-0000-4000-8000-000000000000', this.options.random);
    const document = JSON.stringify({
      title: this.canary.principal,
      id,
      logsource: { product: 'windows' },
      filter: { rules: 'any', selection: { Computer: id }, condition: 'selection' },
    });
    await analyst.json('PUT', '/api/v1/rule-filters', { document }, { headers: this.headers('filter') });
    return { rule_id: id };
  }

  /** A back-test that has ended, of a rule that bears the canary's name. */
  async backtest(): Promise<{ backtest_id: string }> {
    const analyst = this.tenant.as('analyst');
    const document = JSON.stringify({
      title: this.canary.principal,
      logsource: { product: 'windows' },
      detection: { selection: { Computer: this.canary.host }, condition: 'selection' },
    });
    const { backtest_id: id } = await analyst.json('POST', '/api/v1/rule-backtests', { document }, { headers: this.headers('backtest') });
    const path = `/api/v1/rule-backtests/${String(id)}`;
    await this.until('a back-test to end', async () => ((await analyst.json('GET', path))['state'] === 'done' ? true : undefined));
    return { backtest_id: String(id) };
  }

  /** A comparison that has ended, with indicators of a source that bears the canary's name: there are none. */
  async retroMatch(): Promise<{ retro_id: string }> {
    const analyst = this.tenant.as('analyst');
    const { retro_id: id } = await analyst.json(
      'POST',
      '/api/v1/retro-matches',
      { source: this.canary.principal },
      { headers: this.headers('retro') },
    );
    const path = `/api/v1/retro-matches/${String(id)}`;
    await this.until('a comparison to end', async () => ((await analyst.json('GET', path))['state'] === 'done' ? true : undefined));
    return { retro_id: String(id) };
  }

  async listCredential(): Promise<Seed['listCredential']> {
    const admin = this.tenant.as('tenant_admin');
    const lists = (await this.items('/api/v1/edl')).filter(({ list }) => list === 'domain');
    if (lists.some(({ credential_at: at }) => at !== null)) return undefined;
    const { username, password } = await admin.json('POST', '/api/v1/edl/domain/credential', undefined, { headers: this.headers('list') });
    return { username: String(username), password: String(password) };
  }

  private headers(step: string): Readonly<Record<string, string>> {
    return { 'Idempotency-Key': `${this.options.run}-${step}`, 'X-Correlation-ID': this.canary.correlationId };
  }

  private async items(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { items } = await this.tenant.as('tenant_admin').json('GET', path);
    return items as Readonly<Record<string, unknown>>[];
  }

  private async until<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
    const giveUp = Date.now() + this.options.patienceMs;
    for (;;) {
      const found = await read();
      if (found !== undefined) return found;
      if (Date.now() > giveUp) throw new Error(`${this.tenant.id}: waited in vain for ${what}`);
      await sleep(POLL_MS);
    }
  }
}
