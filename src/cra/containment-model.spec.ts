import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import type { ContainmentAction } from '../contracts/containment.js';
import { ACME, incident, makeWorld, person, startRig, type ContainmentRig, type RigWorld } from '../../test/support/containment-rig.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import { ACTION_EVENTS, nextStatus } from './domain/action-state.js';

const PEOPLE = ['ann', 'bob', 'carl'] as const;
const EXPIRY_SECONDS = 3_600;

/** One thing that somebody tries; what is tried in one round is tried at the same time. */
type Attempt =
  | { readonly do: 'request' | 'approve' | 'approve-another' | 'reject' | 'revert'; readonly who: (typeof PEOPLE)[number] }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'work' };

const who = fc.constantFrom(...PEOPLE);
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('request' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('approve' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('approve-another' as const, 'reject' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revert' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, EXPIRY_SECONDS - 1, EXPIRY_SECONDS) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'work' as const }) },
);

/** What people know of the latest action of an incident. */
type LastAction = Readonly<Record<'action_id' | 'approval_id' | 'digest', string>>;

type Deed = (rig: ContainmentRig, caller: TenantCaller, last: LastAction, incidentId: string) => Promise<unknown>;

const ASKED = { action: 'isolate_host', target: { type: 'host', value: 'fin-ws-07' }, reason: 'It calls home.' } as const;

const DEEDS: Readonly<Record<'request' | 'approve' | 'approve-another' | 'reject' | 'revert', Deed>> = {
  request: (rig, caller, _last, incidentId) => rig.requests.request(caller, incidentId, ASKED),
  approve: (rig, caller, last) => rig.approvals.approve(caller, last.approval_id, { comments: '', digest: last.digest }),
  'approve-another': (rig, caller, last) => rig.approvals.approve(caller, last.approval_id, { comments: '', digest: 'f'.repeat(64) }),
  reject: (rig, caller, last) => rig.approvals.reject(caller, last.approval_id, { comments: '' }),
  revert: (rig, caller, last) => rig.actions.revert(caller, last.action_id, 'over'),
};

/** Statuses by the audit record that says that they were reached. */
const REACHED: Readonly<Record<string, string>> = {
  'containment.pending': 'pending_approval',
  'containment.approved': 'approved',
  'containment.rejected': 'rejected',
  'containment.expired': 'expired',
  'containment.executing': 'executing',
  'containment.executed': 'executed',
  'containment.failed': 'failed',
  'containment.reverting': 'reverting',
  'containment.reverted': 'reverted',
};

describe('random people at the same time', () => {
  let world: RigWorld;
  let rig: ContainmentRig;

  beforeAll(() => {
    Logger.overrideLogger(false);
    world = makeWorld();
    rig = startRig(world, EXPIRY_SECONDS);
  });
  afterAll(async () => {
    await rig.close();
    world.remove();
  });

  const tryIt = async (it: Attempt, incidentId: string): Promise<void> => {
    if (it.do === 'work') return rig.work();
    if (it.do === 'wait') {
      world.clock.time += it.seconds * 1000;
      return;
    }
    await DEEDS[it.do](rig, person(it.who, undefined, world.clock.now()), await lastAction(incidentId), incidentId);
  };

  const lastAction = async (incidentId: string): Promise<LastAction> => {
    const [last] = (await rig.actions.list(ACME, { incident_id: [incidentId] }, { limit: 1 })).items;
    return { action_id: last?.action_id ?? '', approval_id: last?.approval_id ?? '', digest: last?.digest ?? '' };
  };

  const checkAction = async (action: ContainmentAction): Promise<void> => {
    const records = (await rig.audit(ACME, action.incident_id)).filter((record) => record.target.id === action.action_id);
    const statuses = records.flatMap((record) => REACHED[record.action] ?? []);
    expect(statuses[0]).toBe('pending_approval');
    expect(statuses.at(-1)).toBe(action.status);
    for (const [at, status] of statuses.slice(1).entries()) {
      const before = statuses[at] as ContainmentAction['status'];
      expect(ACTION_EVENTS.map((event) => nextStatus(before, event))).toContain(status);
    }
    expect(world.actuator.executed.filter((key) => key === action.action_id).length).toBe(statuses.includes('executed') ? 1 : 0);
    expect(world.actuator.reverted.filter((key) => key.startsWith(action.action_id)).length).toBe(statuses.includes('reverted') ? 1 : 0);
    for (const approval of action.approvals) {
      expect(approval.approver).not.toBe(action.requested_by);
      expect(approval.at < (action.expires_at ?? '')).toBe(true);
    }
    if (statuses.includes('executing')) expect(action.approvals).toHaveLength(1);
  };

  it('R51 DUR-13 no illegal transition, one execution, no own approval, nothing after its time', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(attempt, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }), async (rounds) => {
        const { incident_id: incidentId } = world.incidents.put(incident());
        for (const round of rounds) await Promise.allSettled(round.map((it) => tryIt(it, incidentId)));
        await rig.work();
        const { items } = await rig.actions.list(ACME, { incident_id: [incidentId] }, { limit: 500 });
        for (const action of items) {
          reached.add(action.status);
          await checkAction(action);
        }
        expect(items.filter(({ status }) => !['rejected', 'expired', 'failed', 'reverted'].includes(status)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 80 },
    );
    expect([...reached].sort()).toEqual(expect.arrayContaining(['executed', 'expired', 'pending_approval', 'rejected', 'reverted']));
  });
});
