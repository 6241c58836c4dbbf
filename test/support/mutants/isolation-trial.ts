import { IsolationProbe } from '../../../src/cli/probe/isolation-probe.js';
import { BuiltApp } from '../built-app.js';
import { canaryTenants, OWNER, STRANGER } from '../canary-tenants.js';
import { dumpTenant, settledDump } from '../tenant-dump.js';

const PATIENCE_MS = 8_000;
const SAME_KEYS = 24;
const BURST = 5_000;

/** What is wrong with the isolation of a build, in words; empty where nothing is. */
export async function isolationFaults(main?: string): Promise<readonly string[]> {
  let app: BuiltApp;
  try {
    app = await BuiltApp.start({ env: { LOG_LEVEL: 'error' }, ...(main === undefined ? {} : { main }) });
  } catch (error) {
    return [`does not start: ${String(error).slice(0, 200)}`];
  }
  try {
    return await faultsOf(app);
  } catch (error) {
    return [`cannot be probed: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    await app.stop();
  }
}

async function faultsOf(app: BuiltApp): Promise<readonly string[]> {
  const probe = new IsolationProbe({ ...canaryTenants(app), patienceMs: PATIENCE_MS });
  await probe.prepareOwner();
  const before = await settledDump(app.dataDir, OWNER);
  await probe.prepareStranger();
  const { findings } = await probe.attack();
  if (findings.length > 0) return findings.map(({ fault, operation, detail }) => `${fault} ${operation} ${detail}`);
  const after = dumpTenant(app.dataDir, OWNER);
  const changed = Object.keys({ ...before, ...after }).filter((table) => before[table] !== after[table]);
  if (changed.length > 0) return changed.map((table) => `changed ${table}`);
  return [...(await keysAcross(app)), ...(await limitsAcross(app))];
}

async function ingest(app: BuiltApp, tenant: string, events: readonly object[], headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
    method: 'POST',
    headers: { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ source: 'generic', events }),
  });
  await answer.text();
  return answer.status;
}

/** Requests of two tenants with the same key at the same time know nothing of one another. */
async function keysAcross(app: BuiltApp): Promise<readonly string[]> {
  const events = Array.from({ length: 50 }, (_, n) => ({ timestamp: new Date().toISOString(), host: `h${n}` }));
  const keys = Array.from({ length: SAME_KEYS }, (_, n) => `same-${n}`);
  const sent = keys.flatMap((key) => [OWNER, STRANGER].map((tenant) => ingest(app, tenant, events, { 'Idempotency-Key': key })));
  const refused = (await Promise.all(sent)).filter((status) => status !== 202);
  return refused.length > 0 ? [`the same keys in two tenants: ${refused.join(' ')}`] : [];
}

/** A tenant that has used its limit up takes nothing from another. */
async function limitsAcross(app: BuiltApp): Promise<readonly string[]> {
  const events = Array.from({ length: BURST }, (_, n) => ({ timestamp: new Date().toISOString(), host: `h${n}` }));
  for (let more = 0; more < 3; more++) await ingest(app, STRANGER, events);
  const status = await ingest(app, OWNER, events);
  return status === 202 ? [] : [`the owner's limit: ${status} after the stranger used its own up`];
}
