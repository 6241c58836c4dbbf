import { Problem } from '../problems/problem.js';

/** Most that one tenant may have of each, so that none of them can use up what all share. */
export interface TenantCaps {
  /** Bytes in the tenant's directory. */
  readonly storageBytes: number;
  /** Keys that are neither revoked nor expired. */
  readonly apiKeys: number;
  /** Indicators sent to the API. */
  readonly indicators: number;
  /** Sigma filters sent to the API. */
  readonly ruleFilters: number;
  /** Actions that wait for a person. */
  readonly pendingApprovals: number;
  /** Work given up on; what would be one more goes on being tried instead. */
  readonly deadLetters: number;
  /** Searches of events under way at once. */
  readonly searches: number;
  /** Streams of events open at once at one instance. */
  readonly streams: number;
}

/** @param used how many there are already. @throws Problem 409 where there may not be one more. */
export function refuseBeyond(quota: string, limit: number, used: number): void {
  if (used < limit) return;
  throw new Problem('quota-exceeded', `A tenant has at most ${limit} of these; remove some first.`, { members: { quota, limit } });
}
