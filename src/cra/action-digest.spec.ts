import fc from 'fast-check';
import { ACTION_KINDS, RISKS, TARGET_TYPES } from '../contracts/containment.js';
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
  reason: 'It was there.',
  requested_by: 'ann',
  playbook: null,
  approval_id: 'p1',
  expires_at: '2026-11-21T11:00:00.000Z',
  approvals_needed: 1,
  correlation_id: 'c1',
  created_at: '2026-11-21T10:00:00.000Z',
};

/** Texts that would run into one another in a form that joined them, and halves of surrogate pairs. */
const text = fc.oneof(
  fc.constantFrom('', '"', '","', '\\', 'null', '{"a":1}', 'é', 'e\u0301', '\0'),
  fc.array(fc.nat(0xffff), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
);
const textOrNull = fc.option(text);
const anyAction: fc.Arbitrary<BoundAction> = fc.record({
  action_id: text,
  tenant_id: fc.constantFrom(toTenantId('acme-corp'), toTenantId('globex')),
  incident_id: text,
  kind: fc.constantFrom(...ACTION_KINDS),
  target: fc.record({ type: fc.constantFrom(...TARGET_TYPES), value: text }),
  risk: fc.constantFrom(...RISKS),
  reason: text,
  requested_by: text,
  playbook: textOrNull,
  approval_id: textOrNull,
  expires_at: textOrNull,
  approvals_needed: fc.integer({ min: 1, max: 5 }),
  correlation_id: text,
  created_at: text,
});
const MEMBERS = Object.keys(ACTION) as (keyof BoundAction)[];
const TEXTS = MEMBERS.filter((member) => member !== 'target');

describe('the digest of an action', () => {
  it('DUR-14 is the SHA-256 of the canonical form as anybody computes it, and of nothing that may change', () => {
    const digest = 'b5822a066efc4f49c3bc9c3bb5fb319867249e77cbbfdc575aee32c3ca4137f9';
    expect(digestOf(ACTION)).toBe(digest);
    expect(digestOf(Object.assign({ status: 'approved', version: 7, result: {}, lease_until: 'now' }, ACTION))).toBe(digest);
    expect(digestOf({ ...ACTION, target: { value: '203.0.113.9', type: 'ip' } })).toBe(digest);
  });

  it('DUR-14 is another one whenever any member is another one', () => {
    fc.assert(
      fc.property(anyAction, anyAction, fc.constantFrom(...MEMBERS), (one, other, member) => {
        const changed: BoundAction = { ...one, [member]: other[member] };
        const isSame = JSON.stringify(one[member]) === JSON.stringify(other[member]);
        expect([member, digestOf(changed) === digestOf(one)]).toEqual([member, isSame]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('DUR-14 tells any two actions apart, wherever a text ends and the next begins', () => {
    fc.assert(
      fc.property(anyAction, fc.constantFrom(...TEXTS), fc.constantFrom(...TEXTS), (one, from, to) => {
        const swapped: BoundAction = { ...one, [from]: one[to], [to]: one[from] };
        const isSame = TEXTS.every((member) => JSON.stringify(swapped[member]) === JSON.stringify(one[member]));
        expect(digestOf(swapped) === digestOf(one)).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });
});
