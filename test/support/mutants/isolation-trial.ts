import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { canaryEvent } from '../../../src/cli/probe/canary.js';
import { IsolationProbe } from '../../../src/cli/probe/isolation-probe.js';
import type { ProbeTenant } from '../../../src/cli/probe/probe-tenant.js';
import { BuiltApp } from '../built-app.js';
import { canaryTenants, OWNER, STRANGER } from '../canary-tenants.js';
import { dumpTenant, settledDump } from '../tenant-dump.js';
import { AllowedAddress, allowedAcross } from './allowed-across.js';
import { indicatorsAcross } from './indicators-across.js';
import { FaultyFilters, issuesAcross } from './issues-across.js';
import { retroAcross } from './retro-across.js';
import { scorecardsAcross } from './scorecards-across.js';

const PATIENCE_MS = 8_000;
/** More than each tenant has, and fewer than both have together. */
const MOST_KEYS = 10;
const SAME_KEYS = 24;
/** Two seconds' worth of the stranger's limit. */
const BURST = 1_000;
/** Of the owner's limit, of which it has used some hundreds. */
const LEAST_LEFT = 0.9;
/** Weighs what the tenant's own analysts have said, which the stranger's have by then; `feedbackAcross` looks at it. */
const OWN_FEEDBACK = 'analyst_feedback';

type Tenants = ReturnType<typeof canaryTenants>;

/** What is wrong with the isolation of a build, in words; empty where nothing is. */
export async function isolationFaults(main: string): Promise<readonly string[]> {
  let app: BuiltApp;
  const [filters, allowed] = [new FaultyFilters([OWNER, STRANGER]), new AllowedAddress(OWNER)];
  const lists = { GATRA_FILTERS: filters.directory, INTEL_ALLOW_LISTS: allowed.list };
  const env = { OUTBOUND_ALLOW: '127.0.0.1', TENANT_MAX_API_KEYS: String(MOST_KEYS), RETRO_MATCH_DAYS: '0', ...lists };
  try {
    app = await BuiltApp.start({ env, main });
  } catch (error) {
    for (const files of [filters, allowed]) files.remove();
    return [`does not start: ${String(error).slice(0, 200)}`];
  }
  const receiver = new Receiver();
  try {
    await receiver.open(app);
    return await faultsOf(app, receiver, allowed);
  } catch (error) {
    return [`cannot be probed: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    receiver.close();
    await app.stop();
    for (const files of [filters, allowed]) files.remove();
  }
}

async function faultsOf(app: BuiltApp, receiver: Receiver, allowed: AllowedAddress): Promise<readonly string[]> {
  const tenants = canaryTenants(app);
  const probe = new IsolationProbe({ ...tenants, patienceMs: PATIENCE_MS, credentials: ['tenant_admin', 'responder'] });
  await probe.prepareOwner();
  const before = await settledDump(app.dataDir, OWNER);
  await probe.prepareStranger();
  const { findings } = await probe.attack();
  if (findings.length > 0) return findings.map(({ fault, operation, detail }) => `${fault} ${operation} ${detail}`);
  const changed = changes(before, dumpTenant(app.dataDir, OWNER));
  if (changed.length > 0) return changed;
  const judged = await verdictsAcross(probe, tenants);
  if (judged.length > 0) return judged;
  const known = [...(await indicatorsAcross(tenants.owner, tenants.stranger)), ...(await allowedAcross(allowed, tenants.stranger))];
  if (known.length > 0) return known;
  const compared = await retroAcross(allowed, tenants.stranger);
  if (compared.length > 0) return compared;
  const mixed = await mergedAcross(probe, tenants);
  if (mixed.length > 0) return mixed;
  const issues = await issuesAcross([tenants.owner, tenants.stranger]);
  if (issues.length > 0) return issues;
  const told = await scorecardsAcross([tenants.owner, tenants.stranger]);
  if (told.length > 0) return told;
  const weighed = await feedbackAcross(app, probe, tenants);
  if (weighed.length > 0) return weighed;
  return [
    ...(await keysAcross(app)),
    ...(await limitsAcross(app)),
    ...(await webhooksAcross(receiver, tenants)),
    ...(await leftOver(app, probe, tenants)),
  ];
}

/** Takes the webhooks of the stranger. */
class Receiver {
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  private readonly server = createServer((request, response) => void this.take(request, response));

  async open(app: BuiltApp): Promise<void> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    const headers = { Authorization: `Bearer ${await app.token('platform')}`, 'Content-Type': 'application/json' };
    const webhooks = { notify_url: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/` };
    const set = await fetch(`${app.baseUrl}/api/v1/tenants/${STRANGER}`, { method: 'PATCH', headers, body: JSON.stringify({ webhooks }) });
    if (!set.ok) throw new Error(`the receiver could not be set: ${await set.text()}`);
  }

  close(): void {
    this.server.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.received.push({ headers: request.headers, body });
    response.end();
  }
}

/** A tenant's webhooks are signed with the key that it is shown, and name it. */
async function webhooksAcross({ received }: Receiver, { stranger }: Tenants): Promise<readonly string[]> {
  for (const giveUp = Date.now() + PATIENCE_MS; received.length === 0 && Date.now() < giveUp;) await sleep(50);
  const { key } = await stranger.as('tenant_admin').json('GET', '/api/v1/webhooks/signing-key');
  const [message] = received;
  const [, time, mac] = /^t=(\d+),v1=(\w+)$/.exec(String(message?.headers['x-gatra-signature'])) ?? [];
  const expected = createHmac('sha256', Buffer.from(String(key), 'hex'))
    .update(`${time}.${message?.body}`)
    .digest('hex');
  if (mac !== expected) return ["the stranger's webhook is not signed with its own key"];
  return message?.headers['x-tenant-id'] === STRANGER ? [] : ["the stranger's webhook names another tenant"];
}

/** What the owner has seen before bears on no verdict of the stranger's. */
async function verdictsAcross(probe: IsolationProbe, { owner, stranger }: Tenants): Promise<readonly string[]> {
  const seed = probe.seedOf(owner);
  if (!seed) return ['the owner has no seed'];
  const collector = stranger.as('collector');
  const body = { source: 'sysmon', events: [canaryEvent(seed.canary, new Date())] };
  await collector.json('POST', '/api/v1/events', body, { credential: { 'X-API-Key': collector.apiKey } });
  const judged = async (tenant: ProbeTenant): Promise<string | undefined> => {
    const { items } = await tenant.as('viewer').json('GET', `/api/v1/alerts?entity=host:${seed.canary.host}`);
    const [alert] = items as { verdict: { contributions: readonly { name: string }[] } | null }[];
    return alert?.verdict ? JSON.stringify(alert.verdict.contributions.filter(({ name }) => name !== OWN_FEEDBACK)) : undefined;
  };
  let theirs = await judged(stranger);
  for (const giveUp = Date.now() + PATIENCE_MS; theirs === undefined && Date.now() < giveUp; await sleep(100))
    theirs = await judged(stranger);
  const owners = await judged(owner);
  return theirs === owners ? [] : [`the same first event is judged ${theirs} for the stranger and ${owners} for the owner`];
}

/** Incidents of the stranger become one in its own timeline: its alert, and the steps taken on what was merged. */
async function mergedAcross(probe: IsolationProbe, { owner, stranger }: Tenants): Promise<readonly string[]> {
  const analyst = stranger.as('analyst');
  const into = `/api/v1/incidents/${probe.seedOf(stranger)?.values.get('incident_id')}`;
  const { items } = await analyst.json('GET', `/api/v1/alerts?entity=host:${probe.seedOf(owner)?.canary.host}`);
  const [second] = items as { alert_id: string; incident_id: string }[];
  const { version } = await analyst.json('GET', into);
  const { items: steps } = await analyst.json('GET', `/api/v1/incidents/${second?.incident_id}/timeline`);
  await analyst.json('POST', `${into}/merge`, { incident_ids: [second?.incident_id], version });
  const told = JSON.stringify((await analyst.json('GET', `${into}/timeline?limit=500`))['items']);
  const alerts = [probe.seedOf(stranger)?.values.get('alert_id') ?? '', second?.alert_id ?? ''];
  const lost = alerts.filter((alert) => !told.includes(alert));
  if (lost.length > 0) return [`the stranger's timeline lacks its alerts ${lost.join(' ')}`];
  const forgotten = (steps as { kind: string }[]).filter((step) => step.kind === 'step' && !told.includes(JSON.stringify(step)));
  return forgotten.length > 0 ? ["the stranger's timeline lacks the steps of what was merged"] : [];
}

/** What a tenant takes back is gone from its own lists. */
async function leftOver(app: BuiltApp, probe: IsolationProbe, { stranger }: Tenants): Promise<readonly string[]> {
  const seed = probe.seedOf(stranger);
  if (!seed?.listCredential) return ['the stranger was taken to have a list credential before it made one'];
  const left = await probe.cleanUp();
  if (left.length > 0) return left;
  const { document } = await stranger.as('viewer').json('GET', '/api/v1/rule-filters');
  if (document !== '') return ['what the stranger removed is still among its rule filters'];
  const { username, password } = seed.listCredential;
  const Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  for (const giveUp = Date.now() + PATIENCE_MS; Date.now() < giveUp; await sleep(100)) {
    const list = await (await fetch(`${app.baseUrl}/edl/${STRANGER}/domain`, { headers: { Authorization } })).text();
    if (!list.includes(seed.canary.domain)) return [];
  }
  return ['what the stranger reverted is still in its list'];
}

async function ingest(app: BuiltApp, tenant: string, events: readonly object[], headers: Record<string, string> = {}): Promise<number> {
  return (await send(app, tenant, events, headers)).status;
}

async function answerTo(app: BuiltApp, tenant: string, events: readonly object[]): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse((await send(app, tenant, events)).text) as Record<string, unknown>;
}

async function send(
  app: BuiltApp,
  tenant: string,
  events: readonly object[],
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
    method: 'POST',
    headers: { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ source: 'generic', events }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** Requests of two tenants with the same key at the same time know nothing of one another. */
async function keysAcross(app: BuiltApp): Promise<readonly string[]> {
  const events = Array.from({ length: 50 }, (_, n) => ({ timestamp: new Date().toISOString(), host: `h${n}` }));
  const keys = Array.from({ length: SAME_KEYS }, (_, n) => `same-${n}`);
  const sent = keys.flatMap((key) => [OWNER, STRANGER].map((tenant) => ingest(app, tenant, events, { 'Idempotency-Key': key })));
  const refused = (await Promise.all(sent)).filter((status) => status !== 202);
  return refused.length > 0 ? [`the same keys in two tenants: ${refused.join(' ')}`] : [];
}

/** What one tenant sends takes nothing from another's limit. */
async function limitsAcross(app: BuiltApp): Promise<readonly string[]> {
  const events = Array.from({ length: BURST }, (_, n) => ({ timestamp: new Date().toISOString(), host: `h${n}` }));
  const { owner, stranger } = canaryTenants(app);
  const left = await leftOf(stranger);
  await Promise.all([1, 2, 3].map(() => ingest(app, OWNER, events)));
  const { rate_limit_remaining: remaining } = await answerTo(app, STRANGER, events.slice(0, 1));
  if (Number(remaining) < left - 1) return [`the stranger has ${String(remaining)} left of ${left} after the owner has sent ${3 * BURST}`];
  await Promise.all([1, 2, 3, 4].map(() => ingest(app, STRANGER, events)));
  const owners = await leftOf(owner);
  const { burst } = await limitOf(owner);
  return owners >= burst * LEAST_LEFT ? [] : [`the owner has ${owners} of ${burst} left after the stranger used its own up`];
}

async function limitOf(tenant: ProbeTenant): Promise<{ readonly remaining: number; readonly burst: number }> {
  const { limits } = await tenant.as('viewer').json('GET', '/api/v1/rate-limit/status');
  const [limit] = limits as [{ remaining: number; burst: number }];
  return limit;
}

const leftOf = async (tenant: ProbeTenant): Promise<number> => (await limitOf(tenant)).remaining;

/** What analysts of one tenant say of a rule is neither kept nor weighed in another. */
async function feedbackAcross(app: BuiltApp, probe: IsolationProbe, tenants: Tenants): Promise<readonly string[]> {
  const give = async (tenant: 'owner' | 'stranger', name: 'analyst' | 'responder' | 'tenant_admin'): Promise<unknown> => {
    const alert = probe.seedOf(tenants[tenant])?.values.get('alert_id') ?? '';
    const { learned } = await tenants[tenant].as(name).json('POST', `/api/v1/alerts/${alert}/feedback`, { verdict: 'false_positive' });
    return learned;
  };
  const alone = JSON.stringify(await give('owner', 'analyst'));
  await give('owner', 'responder');
  await give('owner', 'tenant_admin');
  const before = await settledDump(app.dataDir, OWNER);
  const strangers = JSON.stringify(await give('stranger', 'analyst'));
  if (strangers !== alone) return [`the stranger's feedback weighs ${strangers}, alone it would ${alone}`];
  return changes(before, await settledDump(app.dataDir, OWNER));
}

function changes(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): readonly string[] {
  const changed = Object.keys({ ...before, ...after }).filter((table) => before[table] !== after[table]);
  return changed.map((table) => `changed ${table}`);
}
