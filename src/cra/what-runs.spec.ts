import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { ACME, incident, makeWorld, person, startRig, type ContainmentRig, type RigWorld } from '../../test/support/containment-rig.js';
import type { ContainmentAction } from '../contracts/containment.js';
import { enqueueWork } from '../platform/work-queue/enqueue-work.js';
import type { WorkTables } from '../platform/work-queue/work-tables.js';
import type { ContainmentActionRow, ContainmentTables } from './adapters/containment-tables.js';
import { digestOf } from './action-digest.js';
import { executeWork } from './domain/containment-work.js';
import { ActuatorFailure } from './domain/containment-actuator.js';

type Alteration = Partial<ContainmentActionRow>;

/** Each column of what is approved with something else in it. */
const OTHERS = {
  incident_id: 'incident-0',
  kind: 'block_domain',
  target_type: 'domain',
  target_value: '203.0.113.8',
  risk: 'low',
  reason: 'Nothing.',
  requested_by: 'playbook:ransomware',
  playbook: 'ransomware',
  approval_id: null,
  expires_at: '2027-11-21T10:00:00.000Z',
  approvals_needed: 2,
  correlation_id: 'req-mallory',
  created_at: '2026-11-20T10:00:00.000Z',
} as const satisfies Alteration;

/** What other columns may become than a text. */
const ANYTHING: Partial<Record<keyof typeof OTHERS, fc.Arbitrary<string | number | null>>> = {
  approval_id: fc.option(fc.uuid()),
  approvals_needed: fc.integer({ min: 2, max: 9 }),
};

const COLUMNS = Object.keys(OTHERS) as (keyof typeof OTHERS)[];

describe('what is approved is what runs', () => {
  let world: RigWorld;
  let rig: ContainmentRig;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    world = makeWorld();
    rig = startRig(world);
  });
  afterEach(async () => {
    await rig.close();
    world.remove();
  });

  const ask = (): Promise<ContainmentAction> => {
    const { incident_id: id } = world.incidents.put(incident());
    return rig.requests.request(person('ann', ACME, world.clock.now()), id, {
      action: 'block_ip',
      target: { type: 'ip', value: '203.0.113.9' },
      reason: 'It was there.',
    });
  };
  const approve = (action: ContainmentAction): Promise<unknown> =>
    rig.approvals.approve(person('bob', ACME, world.clock.now()), action.approval_id ?? '', { comments: '', digest: action.digest });
  /** Approved, and nobody has carried it out. */
  const approved = async (): Promise<ContainmentAction> => {
    const action = await ask();
    await rig.runner.beforeApplicationShutdown();
    await approve(action);
    await rig.close();
    rig = startRig(world);
    return action;
  };
  const alter = async (action: ContainmentAction, columns: Alteration): Promise<void> => {
    const db = await rig.databases.of<ContainmentTables>(ACME);
    const { numUpdatedRows } = await db
      .updateTable('containment_action')
      .set(columns)
      .where('action_id', '=', action.action_id)
      .executeTakeFirst();
    expect(numUpdatedRows).toBe(1n);
  };
  /** What the last audit record of an action says. */
  const lastOf = async (action: ContainmentAction): Promise<object> => {
    const records = (await rig.audit(ACME)).filter(({ target }) => target.id === action.action_id);
    const { action: event, outcome, details } = records.at(-1) ?? {};
    return { event, outcome, error: details?.['error'] };
  };
  const expectRefused = async (action: ContainmentAction, error: string): Promise<void> => {
    await rig.work();
    expect(world.actuator.executed).not.toContain(action.action_id);
    expect(await rig.actions.find(ACME, action.action_id)).toMatchObject({ status: 'failed', result: { error } });
    expect(await lastOf(action)).toEqual({ event: 'containment.failed', outcome: 'failure', error });
  };

  it('DUR-14 leaves out no column but those that change in an action’s life', async () => {
    await ask();
    const db = await rig.databases.of<ContainmentTables>(ACME);
    const row = await db.selectFrom('containment_action').selectAll().executeTakeFirstOrThrow();
    const changing = ['status', 'approvals', 'decision', 'lease_until', 'result', 'updated_at', 'version', 'traceparent'];
    const identity = ['action_id', 'tenant_id', 'digest'];
    expect(Object.keys(row).sort()).toEqual([...changing, ...identity, ...COLUMNS].sort());
  });

  it.each(COLUMNS)('DUR-14 an action whose %s was changed after its approval is refused, audited and never sent', async (column) => {
    const action = await approved();
    await alter(action, { [column]: OTHERS[column] });
    await expectRefused(action, 'digest_mismatch');
  });

  it('DUR-14 whichever columns are changed to whatever, before the attempt or between two of them, nothing is sent', async () => {
    const change = fc
      .subarray(COLUMNS, { minLength: 1 })
      .chain((columns) =>
        fc.record(Object.fromEntries(columns.map((column) => [column, ANYTHING[column] ?? fc.constantFrom(OTHERS[column], '', '?')]))),
      );
    await fc.assert(
      fc.asyncProperty(change, fc.boolean(), async (columns, isBetween) => {
        const action = await approved();
        if (isBetween) {
          world.actuator.before = async () => {
            throw new ActuatorFailure('receiver_unreachable', true);
          };
          await rig.work();
          world.actuator.before = async () => undefined;
          expect(await rig.actions.find(ACME, action.action_id)).toMatchObject({ status: 'executing' });
          world.clock.time += 60_000;
        }
        await alter(action, columns);
        await expectRefused(action, 'digest_mismatch');
      }),
      { numRuns: 25 },
    );
  });

  it('DUR-14 a digest that was made to fit the change is not the one that was approved', async () => {
    const action = await approved();
    const target = { type: 'ip', value: '203.0.113.8' } as const;
    const digest = digestOf({ ...action, playbook: null, target });
    await alter(action, { target_value: target.value, digest });
    await expectRefused(action, 'not_approved');
  });

  it('DUR-14 what nobody has approved, or somebody has turned down, does not run because its row says that it may', async () => {
    const queue = async (action: ContainmentAction): Promise<void> => {
      const db = await rig.databases.of<WorkTables>(ACME);
      const work = executeWork({ ...action, playbook: null, decision: null });
      await db.transaction().execute((trx) => enqueueWork(trx, [work], world.clock.now()));
    };
    const waiting = await ask();
    await alter(waiting, { status: 'approved' });
    await queue(waiting);
    await expectRefused(waiting, 'not_approved');
    const refused = await ask();
    await rig.approvals.reject(person('bob'), refused.approval_id ?? '', { comments: '' });
    for (const status of ['approved', 'planned', 'executing']) {
      await alter(refused, { status, lease_until: null, version: world.clock.time++ });
      await queue({ ...refused, version: world.clock.time });
      await expectRefused(refused, 'not_approved');
    }
  });

  it('DUR-14 nothing is undone that is not what was done', async () => {
    const action = await ask();
    await approve(action);
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    await alter(action, { target_value: '203.0.113.8' });
    await rig.actions.revert(person('bob'), action.action_id, 'a partner');
    await rig.work();
    expect(world.actuator.reverted).toEqual([]);
    expect(await rig.actions.find(ACME, action.action_id)).toMatchObject({
      status: 'executed',
      result: { revert: { error: 'digest_mismatch' } },
    });
    expect(await lastOf(action)).toEqual({ event: 'containment.revert_failed', outcome: 'failure', error: 'digest_mismatch' });
  });
});
