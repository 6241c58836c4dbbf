/** What a request is for, by how soon it is given up under too much load. */
export type Criticality = 'critical' | 'normal' | 'ingest';

/** What people and firewalls need to see an attack and to stop it, and what operators and orchestrators need to see the platform. */
const CRITICAL =
  /^\/+(?:health|metrics|admin|edl|internal|\.well-known|api\/v1\/(?:auth|approvals|containment|contain|incidents\/[^/]+\/actions|edl|webhooks))(?:\/|$)/i;
const EVENTS = /^\/+api\/v1\/events\/?$/i;

/** Sorts a request by its method and path (without query), before anything is known of who sends it. */
export function criticalityOf(method: string, path: string): Criticality {
  if (CRITICAL.test(path)) return 'critical';
  return method === 'POST' && EVENTS.test(path) ? 'ingest' : 'normal';
}
