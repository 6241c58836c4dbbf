import type { FeedEntry } from '../../platform/feed/feed-event.js';
import type { ActionRecord } from './action-record.js';
import { approvalOf } from './approval.js';

/** What the feed tells of an action as it is now. @param before as it was; `undefined` for a new one. */
export function actionNews(before: ActionRecord | undefined, after: ActionRecord): readonly FeedEntry[] {
  const { action_id, incident_id, approval_id, kind, status, version } = after;
  const action: FeedEntry = { type: 'action.changed', data: { action_id, incident_id, approval_id, kind, status, version } };
  const approval = approvalOf(after);
  if (approval === undefined || approval.status === (before && approvalOf(before)?.status)) return [action];
  const type = before === undefined ? 'approval.requested' : 'approval.decided';
  return [{ type, data: { approval_id, action_id, incident_id, kind, status: approval.status, version } }, action];
}
