import { toTenantId } from '../../contracts/tenant.js';
import { actionNews } from './action-news.js';
import { newRecord, type ActionRecord, type NewAction } from './action-record.js';

function action(approval: NewAction['approval']): ActionRecord {
  const shared = {
    tenant: toTenantId('acme-corp'),
    action_id: 'action-1',
    incident_id: 'incident-1',
    risk: 'medium',
    playbook: null,
  } as const;
  const said = { reason: 'It was there.', requested_by: 'ann', correlation_id: 'req-1', at: '2026-11-22T10:00:00.000Z' } as const;
  return newRecord({ ...shared, ...said, kind: 'block_ip', target: { type: 'ip', value: '203.0.113.9' }, approval }, () => 'digest');
}
const PENDING = action({ approval_id: 'approval-1', expires_at: '2026-11-23T10:00:00.000Z', needed: 1 });
const typesOf = (before: ActionRecord | undefined, after: ActionRecord): string[] =>
  actionNews(before, after).map(({ type, data }) => `${type} ${String(data['status'])}`);

describe('what the feed tells of an action', () => {
  it('is the action alone where it needs no approval', () => {
    expect(typesOf(undefined, action(null))).toEqual(['action.changed planned']);
  });

  it('is the approval too where one is asked for, given, refused or has expired', () => {
    expect(typesOf(undefined, PENDING)).toEqual(['approval.requested pending', 'action.changed pending_approval']);
    for (const status of ['approved', 'rejected', 'expired'] as const)
      expect(typesOf(PENDING, { ...PENDING, status })).toEqual([`approval.decided ${status}`, `action.changed ${status}`]);
  });

  it('is the approval no more once that is decided', () => {
    expect(typesOf({ ...PENDING, status: 'approved' }, { ...PENDING, status: 'executing' })).toEqual(['action.changed executing']);
  });

  it('names objects and holds no target, no reason and no person', () => {
    expect(JSON.stringify(actionNews(undefined, PENDING))).not.toMatch(/203\.0\.113|It was there|ann/);
  });
});
