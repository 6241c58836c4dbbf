import { toTenantId } from '../contracts/tenant.js';
import { digestOf } from './action-digest.js';
import type { BoundAction } from './domain/action-record.js';

const ACTION: BoundAction = {
  action_id: 'a1',
  tenant_id: toTenantId('acme-corp'),
  incident_id: 'i1',
  kind: 'block_ip',
  target: { type: 'ip', value: '203.0.113.9' },
  risk: 'medium',
  requested_by: 'ann',
};

describe('the digest of an action', () => {
  it('is of what would be done, for whom and who asked: any of it changes it, nothing else does', () => {
    const digest = digestOf(ACTION);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const changes: Partial<BoundAction>[] = [
      { action_id: 'a2' },
      { tenant_id: toTenantId('globex') },
      { incident_id: 'i2' },
      { kind: 'notify' },
      { target: { type: 'ip', value: '203.0.113.8' } },
      { target: { type: 'domain', value: '203.0.113.9' } },
      { risk: 'low' },
      { requested_by: 'bob' },
    ];
    expect(new Set([digest, ...changes.map((change) => digestOf({ ...ACTION, ...change }))]).size).toBe(changes.length + 1);
    expect(digestOf(Object.assign({}, ACTION, { status: 'approved', version: 7 }))).toBe(digest);
    expect(digestOf({ ...ACTION, target: { value: '203.0.113.9', type: 'ip' } })).toBe(digest);
  });
});
