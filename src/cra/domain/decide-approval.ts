import type { ActionRecord, Decision } from './action-record.js';
import { advance, amended } from './advance.js';

/** What comes of an attempt to decide on a waiting action. */
export type Decided =
  | { readonly outcome: 'approved' | 'approval_given' | 'rejected' | 'expired'; readonly record: ActionRecord }
  | { readonly outcome: 'own-request' | 'given-before' | 'not-pending' | 'digest-mismatch' };

/**
 * Approves a waiting action on behalf of an authenticated person. The requester cannot; neither can anybody twice, or once it has expired;
 * and what is approved is exactly what was seen. It goes on waiting while fewer have approved than have to.
 * @param digests of the action as the approver saw it, and as it is now.
 */
export function approve(record: ActionRecord, decision: Decision, digests: { readonly seen: string; readonly present: string }): Decided {
  if (isSamePerson(decision.by, record.requested_by)) return { outcome: 'own-request' };
  const late = notDecidable(record, decision.at);
  if (late) return late;
  if (digests.present !== record.digest || digests.present !== digests.seen) return { outcome: 'digest-mismatch' };
  if (record.approvals.some(({ approver }) => isSamePerson(approver, decision.by))) return { outcome: 'given-before' };
  const approvals = [...record.approvals, { approver: decision.by, at: decision.at, comments: decision.comments }];
  if (approvals.length < record.approvals_needed) return { outcome: 'approval_given', record: amended(record, decision.at, { approvals }) };
  const bound = { ...decision, digest: digests.present };
  return { outcome: 'approved', record: advance(record, 'approve', decision.at, { approvals, decision: bound }) };
}

/** Turns a waiting action down; the requester may, as that withdraws the request. */
export function reject(record: ActionRecord, decision: Decision): Decided {
  return notDecidable(record, decision.at) ?? { outcome: 'rejected', record: advance(record, 'reject', decision.at, { decision }) };
}

/** Expires a waiting action whose time is over; `undefined` where there is nothing to expire. @param at RFC 3339 UTC. */
export function expire(record: ActionRecord, at: string): ActionRecord | undefined {
  return record.status === 'pending_approval' && hasExpired(record, at) ? advance(record, 'expire', at) : undefined;
}

function notDecidable(record: ActionRecord, at: string): Decided | undefined {
  if (record.status !== 'pending_approval') return { outcome: 'not-pending' };
  const expired = expire(record, at);
  return expired && { outcome: 'expired', record: expired };
}

function hasExpired(record: ActionRecord, at: string): boolean {
  return record.expires_at !== null && record.expires_at <= at;
}

/** Names that differ in case or blanks alone are taken for one person: the doubt is decided against approving. */
function isSamePerson(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
