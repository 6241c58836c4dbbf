import type { Alert } from '../../contracts/alert.js';
import type { ContainmentAction } from '../../contracts/containment.js';
import type { Incident } from '../../contracts/incident.js';
import type { ApiClient } from '../client/api-client.js';

/** What the app made of the events. */
export interface Outcome {
  readonly alerts: readonly Alert[];
  readonly incidents: readonly Incident[];
  readonly actions: readonly ContainmentAction[];
}

/** Reads all alerts, incidents and actions back over the API. */
export async function collectOutcome(client: ApiClient): Promise<Outcome> {
  const alerts = await collect(client.list<Alert>('/api/v1/alerts'));
  const incidents = await collect(client.list<Incident>('/api/v1/incidents'));
  const actions = await collect(client.list<ContainmentAction>('/api/v1/containment/actions'));
  return { alerts, incidents: incidents.filter((incident) => incident.status !== 'merged'), actions };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
