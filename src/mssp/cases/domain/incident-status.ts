import type { IncidentStatus } from '../../../contracts/incident.js';

const NEXT: Readonly<Record<IncidentStatus, readonly IncidentStatus[]>> = {
  open: ['in_progress', 'contained', 'closed'],
  in_progress: ['open', 'contained', 'closed'],
  contained: ['open', 'in_progress', 'closed'],
  closed: ['open', 'in_progress'],
  merged: [],
};

/** Statuses that a person may bring an incident to; its own is no change, and a merged incident stays merged. */
export function nextIncidentStatuses(status: IncidentStatus): readonly IncidentStatus[] {
  return NEXT[status];
}

/** Tells whether new alerts may join an incident: what a person closed is finished, and what follows is a new incident. */
export function takesAlerts(status: IncidentStatus): boolean {
  return status !== 'closed' && status !== 'merged';
}

/** Status of an incident that goes on: what was contained no longer is. */
export function statusWithNewAlerts(status: IncidentStatus): IncidentStatus {
  return status === 'contained' ? 'open' : status;
}
