import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../client/api-client.js';
import type { ProgressLine } from './progress-line.js';

const POLL_MS = 250;
const QUIET_POLLS = 4;
const PATIENCE_MS = 10 * 60_000;

/** Waits until every alert is judged and containment plans have stopped changing. @throws where that takes more than ten minutes. */
export async function settle(client: ApiClient, progress: ProgressLine): Promise<void> {
  const giveUp = Date.now() + PATIENCE_MS;
  let before = '';
  for (let quiet = 0; quiet < QUIET_POLLS;) {
    if (Date.now() > giveUp) throw new Error('alerts are still waiting for triage after ten minutes');
    await sleep(POLL_MS);
    const [waiting, incidents, actions] = await Promise.all([
      client.get<{ items: unknown[] }>('/api/v1/alerts?status=new&limit=1'),
      client.get<{ items: { incident_id: string; version: number }[] }>('/api/v1/incidents?limit=20'),
      client.get<{ items: { action_id: string; version: number; status: string }[] }>('/api/v1/containment/actions?limit=20'),
    ]);
    const state = JSON.stringify([incidents.items.map((item) => item.version), actions.items.map((item) => [item.version, item.status])]);
    quiet = waiting.items.length === 0 && state === before ? quiet + 1 : 0;
    before = state;
    progress.show(1, 'judging alerts, grouping incidents, planning containment');
  }
}
