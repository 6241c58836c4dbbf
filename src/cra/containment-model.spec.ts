import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import type { ContainmentAction } from '../contracts/containment.js';
import { ACME, incident, makeWorld, person, startRig, type ContainmentRig, type RigWorld } from '../../test/support/containment-rig.js';
import { describeOnEngines, type OpenedStores } from '../../test/support/store-engines.js';
import type { AuditRecord } from '../platform/audit/audit-record.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import type { Principal } from '../platform/auth/principal.js';
import { Problem } from '../platform/problems/problem.js';
import { ACTION_EVENTS, nextStatus } from './domain/action-state.js';

const PEOPLE = ['ann', 'bob', 'carl'] as const;
const INSTANCES = 3;
const RUNS = { sqlite: 120, postgres: 60 } as const;
const EXPIRY_SECONDS = 3_600;
const MOST_TURNS = 20;

/** What somebody may show at the door. The first four are people, whichever credential they come with. */
const CREDENTIALS: Readonly<Record<string, (who: string) => Partial<Principal>>> = {
  key: () => ({}),
  'second key': (who) => ({ keyId: `second-key-${who}`, via: 'api_key' }),
  'delegated token': (who) => ({ keyId: `key-${who}`, tokenId: `token-${who}`, scopes: ['approvals:decide'] }),
  'other spelling': (who) => ({ subject: ` ${who.toUpperCase()} ` }),
  'service account': (who) => ({ subject: `svc-${who}`, kind: 'service', via: 'service_signature' }),
  collector: () => ({ kind: 'collector' }),
};

const DEEDS = ['request', 'approve', 'approve-another', 'reject', 'cancel', 'revert'] as const;

/** One thing that somebody tries at one of the instances; what is tried in one round is tried at the same time. */
type Attempt = { readonly at: number } & (
  | { readonly do: (typeof DEEDS)[number]; readonly who: (typeof PEOPLE)[number]; readonly by: keyof typeof CREDENTIALS }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'work' }
);

const at = fc.nat(INSTANCES - 1);
const asked = fc.record({
  at,
  do: fc.constantFrom(...DEEDS, 'request' as const, 'approve' as const, 'approve' as const, 'approve' as const, 'revert' as const),
  who: fc.constantFrom(...PEOPLE),
  by: fc.constantFrom('key', 'key', 'key', ...Object.keys(CREDENTIALS)),
});
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 9, arbitrary: asked },
  {
    weight: 1,
    arbitrary: fc.record({ at, do: fc.constant('wait' as const), seconds: fc.constantFrom(1, EXPIRY_SECONDS - 1, EXPIRY_SECONDS) }),
  },
  { weight: 2, arbitrary: fc.record({ at, do: fc.constant('work' as const) }) },
);
const rounds = fc.array(fc.array(attempt, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });

const by = (who: (typeof PEOPLE)[number], deed: (typeof DEEDS)[number], credential = 'key'): Attempt[] => [
  { at: 1, do: deed, who, by: credential },
];
const WORK: Attempt[] = [{ at: 2, do: 'work' }];
const UNTIL_APPROVED = [by('ann', 'request'), by('bob', 'approve'), by('carl', 'approve')];
/** What chance would reach nearly always: one way to each end, and approvals by everybody, by one of them under two names. */
const ONE_WAY_TO_EACH: readonly Attempt[][][] = [
  [by('ann', 'request')],
  [by('ann', 'request'), by('bob', 'reject')],
  [by('ann', 'request'), [{ at: 0, do: 'wait', seconds: EXPIRY_SECONDS }], WORK],
  [...UNTIL_APPROVED, WORK, WORK],
  [...UNTIL_APPROVED, WORK, WORK, by('bob', 'revert'), WORK],
  [by('bob', 'request'), by('ann', 'approve', 'other spelling'), by('carl', 'approve', 'other spelling')],
  [by('carl', 'request'), by('ann', 'approve'), by('bob', 'approve')],
  [by('ann', 'request'), by('carl', 'approve')],
];

/** What people know of the latest action of an incident. */
type LastAction = Readonly<Record<'action_id' | 'approval_id' | 'digest', string>>;

type Deed = (rig: ContainmentRig, caller: TenantCaller, last: LastAction, incidentId: string) => Promise<unknown>;

const ASKED = { action: 'isolate_host', target: { type: 'host', value: 'fin-ws-07' }, reason: 'It calls home.' } as const;

const DOING: Readonly<Record<(typeof DEEDS)[number], Deed>> = {
  request: (rig, caller, _last, incidentId) => rig.requests.request(caller, incidentId, ASKED),
  approve: (rig, caller, last) => rig.approvals.approve(caller, last.approval_id, { comments: '', digest: last.digest }),
  'approve-another': (rig, caller, last) => rig.approvals.approve(caller, last.approval_id, { comments: '', digest: 'f'.repeat(64) }),
  reject: (rig, caller, last) => rig.approvals.reject(caller, last.approval_id, { comments: '' }),
  /** The requester takes the request back. */
  cancel: async (rig, caller, last) => {
    const { requested_by: subject } = await rig.approvals.find(ACME, last.approval_id);
    return rig.approvals.reject({ ...caller, principal: { ...caller.principal, subject } }, last.approval_id, { comments: 'cancelled' });
  },
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

/** Whose hand it was: spellings and credentials aside. */
const handOf = (subject: string): string => subject.trim().toLowerCase();

describeOnEngines('random people at three instances at the same time', (open, engine) => {
  let world: RigWorld;
  let stores: readonly OpenedStores[];
  let rigs: readonly ContainmentRig[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    world = makeWorld();
    const first = await open();
    stores = [first, await first.beside(), await first.beside()];
    rigs = stores.map(({ tenants }) => startRig(world, EXPIRY_SECONDS, undefined, tenants));
  });
  afterAll(async () => {
    await Promise.all(rigs.map((rig) => rig.close()));
    for (const one of stores.toReversed()) await one.close();
    world.remove();
  });

  const rigAt = (index: number): ContainmentRig => {
    const rig = rigs[index];
    if (!rig) throw new Error('no such instance');
    return rig;
  };
  const callerOf = (who: string, by: keyof typeof CREDENTIALS): TenantCaller => {
    const caller = person(who, undefined, world.clock.now());
    return { ...caller, principal: { ...caller.principal, ...CREDENTIALS[by]?.(who) } };
  };
  const actionsOf = async (incidentId: string): Promise<readonly ContainmentAction[]> =>
    (await rigAt(0).actions.list(ACME, { incident_id: [incidentId] }, { limit: 500 })).items;
  const lastAction = async (incidentId: string): Promise<LastAction> => {
    const [last] = await actionsOf(incidentId);
    return { action_id: last?.action_id ?? '', approval_id: last?.approval_id ?? '', digest: last?.digest ?? '' };
  };

  /** Tries it. Whatever is refused is refused with an answer for the caller: anything else is a fault, and so is an approval that is none. */
  const tryIt = async (it: Attempt, incidentId: string): Promise<void> => {
    if (it.do === 'work') return rigAt(it.at).work();
    if (it.do === 'wait') {
      world.clock.time += it.seconds * 1000;
      return;
    }
    const caller = callerOf(it.who, it.by);
    try {
      await DOING[it.do](rigAt(it.at), caller, await lastAction(incidentId), incidentId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return;
    }
    expect(it.do).not.toBe('approve-another');
    if (it.do !== 'request' && it.do !== 'revert') expect(caller.principal.kind).toBe('person');
  };

  /** Has every instance do what is left until nothing of the incident is under way. */
  const settle = async (incidentId: string): Promise<void> => {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      await Promise.all(rigs.map((rig) => rig.work()));
      const left = (await actionsOf(incidentId)).filter(({ status }) => ['approved', 'executing', 'reverting'].includes(status));
      if (left.length === 0) return;
      world.clock.time += 21_000;
    }
    throw new Error('an action is stuck');
  };

  const checkApprovals = (action: ContainmentAction, records: readonly AuditRecord[]): void => {
    const approvals = records.filter(({ action: what }) => what === 'containment.approval_given' || what === 'containment.approved');
    expect(approvals.map(({ approver }) => approver)).toEqual(action.approvals.map(({ approver }) => approver));
    expect(approvals.findIndex((record) => record.action === 'containment.approved')).toBe(
      approvals.length < action.approvals_needed ? -1 : action.approvals_needed - 1,
    );
    expect(new Set(action.approvals.map(({ approver }) => handOf(approver))).size).toBe(action.approvals.length);
    expect(action.approvals.length).toBeLessThanOrEqual(action.approvals_needed);
    for (const { approver, at: approvedAt } of action.approvals) {
      expect(handOf(approver)).not.toBe(handOf(action.requested_by));
      expect(PEOPLE).toContain(handOf(approver));
      expect(approvedAt < (action.expires_at ?? '')).toBe(true);
    }
    for (const { actor } of approvals) expect(actor.type).toBe('person');
    for (const { timestamp } of approvals) expect(timestamp < (action.expires_at ?? '')).toBe(true);
  };

  const checkAction = (action: ContainmentAction, records: readonly AuditRecord[]): void => {
    const statuses = records.flatMap((record) => REACHED[record.action] ?? []);
    expect(statuses[0]).toBe('pending_approval');
    expect(statuses.at(-1)).toBe(action.status);
    for (const [index, status] of statuses.slice(1).entries()) {
      const before = statuses[index] as ContainmentAction['status'];
      expect(ACTION_EVENTS.map((event) => nextStatus(before, event))).toContain(status);
    }
    expect(world.actuator.executed.filter((key) => key === action.action_id).length).toBe(statuses.includes('executed') ? 1 : 0);
    expect(world.actuator.reverted.filter((key) => key.startsWith(action.action_id)).length).toBe(statuses.includes('reverted') ? 1 : 0);
    checkApprovals(action, records);
    if (statuses.includes('executing')) expect(action.approvals).toHaveLength(action.approvals_needed);
    if (statuses.includes('rejected') || statuses.includes('expired'))
      expect(action.approvals.length).toBeLessThan(action.approvals_needed);
  };

  it.each([
    ['one person', 1],
    ['two of three people', 2],
  ])(
    'R51 DUR-13 no illegal transition, one execution by %s, no own approval by any credential, nothing after its time',
    async (_, needed) => {
      Object.assign(world.quorums, { medium: needed, high: needed });
      const reached = new Set<string>();
      const [approvers, atInstances] = [new Set<string>(), new Set<number>()];
      await fc.assert(
        fc.asyncProperty(rounds, async (tried) => {
          const { incident_id: incidentId } = world.incidents.put(incident());
          for (const round of tried) {
            for (const { at: instance } of round) atInstances.add(instance);
            await Promise.all(round.map((it) => tryIt(it, incidentId)));
          }
          await settle(incidentId);
          const records = await rigAt(1).audit(ACME, incidentId);
          const items = await actionsOf(incidentId);
          for (const action of items) {
            reached.add(action.status);
            for (const { approver } of action.approvals) approvers.add(approver);
            checkAction(
              action,
              records.filter(({ target }) => target.id === action.action_id),
            );
          }
          expect(items.filter(({ status }) => !['rejected', 'expired', 'failed', 'reverted'].includes(status)).length).toBeLessThanOrEqual(
            1,
          );
        }),
        { numRuns: RUNS[engine], examples: ONE_WAY_TO_EACH.map((tried) => [tried]) },
      );
      expect([...reached].sort()).toEqual(expect.arrayContaining(['executed', 'expired', 'pending_approval', 'rejected', 'reverted']));
      expect([approvers.size > PEOPLE.length, atInstances.size]).toEqual([true, INSTANCES]);
      Object.assign(world.quorums, { medium: 1, high: 1 });
    },
  );

  it.each(Object.keys(CREDENTIALS))('R51 DUR-13 who asked with a key cannot approve with the %s', async (by) => {
    const { incident_id: incidentId } = world.incidents.put(incident());
    const action = await rigAt(0).requests.request(callerOf('ann', 'key'), incidentId, ASKED);
    const approving = rigAt(1).approvals.approve(callerOf('ann', by), action.approval_id ?? '', { comments: '', digest: action.digest });
    await expect(approving).rejects.toMatchObject({ status: 403 });
    expect((await rigAt(2).actions.find(ACME, action.action_id)).status).toBe('pending_approval');
    await rigAt(2).approvals.reject(callerOf('ann', 'key'), action.approval_id ?? '', { comments: '' });
  });

  it('DUR-13 at the end of its time an action expires, whoever approves it at whichever instance in the same moment', async () => {
    const executed = world.actuator.executed.length;
    for (let turn = 0; turn < 20; turn += 1) {
      const { incident_id: incidentId } = world.incidents.put(incident());
      const action = await rigAt(turn % INSTANCES).requests.request(callerOf('ann', 'key'), incidentId, ASKED);
      world.clock.time = Date.parse(action.expires_at ?? '');
      const approving = rigs.flatMap((rig) =>
        ['bob', 'carl'].map((who) =>
          rig.approvals.approve(callerOf(who, 'key'), action.approval_id ?? '', { comments: '', digest: action.digest }),
        ),
      );
      const [late] = await Promise.all([Promise.allSettled(approving), ...rigs.map((rig) => rig.work())]);
      for (const { status } of late) expect(status).toBe('rejected');
      expect((await rigAt(0).actions.find(ACME, action.action_id)).status).toBe('expired');
      const expired = (await rigAt(1).audit(ACME, incidentId)).filter((record) => record.action === 'containment.expired');
      expect(expired).toHaveLength(1);
    }
    expect(world.actuator.executed).toHaveLength(executed);
  });
});
