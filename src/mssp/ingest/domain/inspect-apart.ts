import type { Detection } from '../../../contracts/detection.js';
import type { DetectionAgent } from '../../../contracts/detection-agent.js';
import type { EventBatch } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { PoisonEvent } from './poison-event.js';

/** How often an event is tried by itself before it counts as poison. */
export const ATTEMPTS = 3;
const LONGEST_REASON = 500;

/** What became of a batch that was inspected in parts. */
export interface InspectedApart {
  /** In order of event index. */
  readonly detections: readonly Detection[];
  readonly poison: readonly PoisonEvent[];
}

/**
 * Inspects a batch; where that fails its halves, and so on, until the events are found that fail by themselves. All others are inspected, and some may teach
 * detection twice. Parts bear the id of their batch and come in the order of their events, so that an agent can tell what it has met of it.
 */
export async function inspectApart(agent: DetectionAgent, tenant: TenantId, batch: EventBatch): Promise<InspectedApart> {
  const { events } = batch;
  const [only] = events;
  let failure: unknown;
  for (let attempt = 0; attempt < (events.length === 1 ? ATTEMPTS : 1); attempt += 1) {
    try {
      return { detections: events.length === 0 ? [] : await agent.inspect(tenant, batch), poison: [] };
    } catch (error) {
      failure = error;
    }
  }
  if (only && events.length === 1)
    return { detections: [], poison: [{ index: only.index, reason: reasonOf(failure), attempts: ATTEMPTS }] };
  const middle = Math.ceil(events.length / 2);
  const front = await inspectApart(agent, tenant, { ...batch, events: events.slice(0, middle) });
  const back = await inspectApart(agent, tenant, { ...batch, events: events.slice(middle) });
  return { detections: [...front.detections, ...back.detections], poison: [...front.poison, ...back.poison] };
}

/** Why inspection failed, as it is kept. */
export function reasonOf(failure: unknown): string {
  return (failure instanceof Error ? failure.message : String(failure)).slice(0, LONGEST_REASON);
}
