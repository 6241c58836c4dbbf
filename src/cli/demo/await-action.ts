import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainmentAction } from '../../contracts/containment.js';
import type { ApiClient } from '../client/api-client.js';

const POLL_MS = 100;
const PATIENCE_MS = 30_000;

/** Waits until an approved action has run, whatever came of it. @throws where that takes more than half a minute. */
export async function waitForAction(client: ApiClient, actionId: string): Promise<ContainmentAction> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    const action = await client.get<ContainmentAction>(`/api/v1/containment/actions/${actionId}`);
    if (action.status !== 'approved' && action.status !== 'executing') return action;
    if (Date.now() > giveUp) throw new Error(`the action ${actionId} is still ${action.status}`);
    await sleep(POLL_MS);
  }
}
