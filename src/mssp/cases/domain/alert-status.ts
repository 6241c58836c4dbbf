import type { AlertStatus } from '../../../contracts/alert.js';

const NEXT: Readonly<Record<AlertStatus, readonly AlertStatus[]>> = {
  new: ['triaged', 'in_progress', 'closed'],
  triaged: ['in_progress', 'closed'],
  in_progress: ['triaged', 'closed'],
  closed: ['in_progress', 'triaged'],
};

/** Statuses that a person may bring an alert to: forward, back from work, and from closed by reopening; its own is no change. */
export function nextAlertStatuses(status: AlertStatus): readonly AlertStatus[] {
  return NEXT[status];
}
