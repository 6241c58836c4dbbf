import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeTenant } from '../../../src/cli/probe/probe-tenant.js';
import type { AllowedAddress } from './allowed-across.js';

const PATIENCE_MS = 8_000;

/** What a tenant has stored is compared with its own indicators, whatever another tenant's list allows. It has an event that shows one of the address. */
export async function retroAcross({ canary }: AllowedAddress, tenant: ProbeTenant): Promise<readonly string[]> {
  const [viewer, analyst] = [tenant.as('viewer'), tenant.as('analyst')];
  const { items } = await viewer.json('GET', `/api/v1/intel/indicators?value=${encodeURIComponent(canary.ip)}`);
  const [held] = items as { indicator_id: string }[];
  const { retro_id: id } = await analyst.json('POST', '/api/v1/retro-matches', { source: 'api' });
  for (const giveUp = Date.now() + PATIENCE_MS; Date.now() < giveUp; await sleep(100)) {
    const { state, seen } = await viewer.json('GET', `/api/v1/retro-matches/${String(id)}`);
    if (state !== 'done') continue;
    const isSeen = (seen as { indicator_id: string }[]).some(({ indicator_id: other }) => other === held?.indicator_id);
    return isSeen ? [] : [`what ${tenant.id} has stored is not compared with its own indicators`];
  }
  return [`what ${tenant.id} has stored is never compared`];
}
