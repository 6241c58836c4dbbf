import type { UnavailableReason } from './outbound-unavailable.js';

/** What has happened to calls of one dependency since the start. */
export interface PolicyCounts {
  calls: number;
  retries: number;
  timeouts: number;
  readonly rejected: Record<Exclude<UnavailableReason, 'timeout'>, number>;
}

export function noCounts(): PolicyCounts {
  return { calls: 0, retries: 0, timeouts: 0, rejected: { circuit_open: 0, isolated: 0, bulkhead_full: 0 } };
}
