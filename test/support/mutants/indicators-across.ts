import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { canaryBundle, canaryEvent, makeCanary, type Canary } from '../../../src/cli/probe/canary.js';
import type { ProbeTenant } from '../../../src/cli/probe/probe-tenant.js';

const PATIENCE_MS = 8_000;
const INTELLIGENCE = 'intelligence';

/**
 * An indicator bears on the verdicts of the tenant that has it, and on no other's. Each of the two gets one of an address of its own, before
 * any alert is raised that names the address; then both see both addresses.
 */
export async function indicatorsAcross(owner: ProbeTenant, stranger: ProbeTenant): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [holder, other] of [
    [owner, stranger],
    [stranger, owner],
  ] as const) {
    const canary = makeCanary(randomBytes(32));
    await hold(holder, canary);
    if ((await pointsOf(holder, canary)) === 0) faults.push(`an indicator of ${holder.id} does not bear on its own verdict`);
    if ((await pointsOf(other, canary)) !== 0) faults.push(`an indicator of ${holder.id} bears on a verdict of ${other.id}`);
  }
  return faults;
}

/** Gives a tenant an indicator of the canary's address. */
export async function hold(tenant: ProbeTenant, canary: Canary): Promise<void> {
  const ids = { indicator: `indicator--${randomUUID()}`, bundle: `bundle--${randomUUID()}` };
  const bundle = JSON.stringify(canaryBundle(canary, ids, new Date()));
  const pattern = `[ipv6-addr:value = '${canary.ip}']`;
  const body = JSON.parse(bundle.replace(`[domain-name:value = '${canary.domain}']`, pattern)) as object;
  await tenant.as('analyst').json('POST', '/api/v1/intel/indicators', body);
}

/** Points that indicators give the verdict on an alert that names the canary's address. @throws Error where none is judged in time. */
export async function pointsOf(tenant: ProbeTenant, canary: Canary): Promise<number> {
  const collector = tenant.as('collector');
  const body = { source: 'sysmon', events: [canaryEvent(canary, new Date())] };
  await collector.json('POST', '/api/v1/events', body, { credential: { 'X-API-Key': collector.apiKey } });
  for (const giveUp = Date.now() + PATIENCE_MS; Date.now() < giveUp; await sleep(100)) {
    const { items } = await tenant.as('viewer').json('GET', `/api/v1/alerts?entity=host:${canary.host}`);
    const [alert] = items as { verdict: { contributions: readonly { name: string; points: number }[] } | null }[];
    if (alert?.verdict) return alert.verdict.contributions.find(({ name }) => name === INTELLIGENCE)?.points ?? 0;
  }
  throw new Error(`${tenant.id}: no verdict on ${canary.host}`);
}
