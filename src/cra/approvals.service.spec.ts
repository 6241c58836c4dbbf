import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ContainmentAction } from '../contracts/containment.js';
import {
  ACME,
  GLOBEX,
  incident,
  makeWorld,
  person,
  startRig,
  type ContainmentRig,
  type RigWorld,
} from '../../test/support/containment-rig.js';
import type { ContainmentTables } from './adapters/containment-tables.js';

describe('approvals', () => {
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

  const ask = (subject = 'ann', value = '203.0.113.9', tenant = ACME): Promise<ContainmentAction> => {
    const { incident_id: id } = world.incidents.put(incident({ tenant_id: tenant }));
    return rig.requests.request(person(subject, tenant), id, {
      action: 'block_ip',
      target: { type: 'ip', value },
      reason: 'It was there.',
    });
  };
  const approve = (action: ContainmentAction, subject: string, digest = action.digest): Promise<unknown> =>
    rig.approvals.approve(person(subject), action.approval_id ?? '', { comments: 'seen', digest });

  it('R51 50 approvals at the same time execute the action once', async () => {
    const action = await ask();
    const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => approve(action, `approver-${i}`)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ type: 'conflict' });
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    const executed = await rig.actions.find(ACME, action.action_id);
    expect(executed).toMatchObject({ status: 'executed', result: { done: true }, approvals: [{ comments: 'seen' }] });
    expect((await rig.audit(ACME)).map((record) => record.action)).toEqual([
      'containment.pending',
      'containment.approved',
      'containment.executing',
      'containment.executed',
    ]);
  });

  it('DUR-13 waits until as many different people have approved as have to, and runs once then', async () => {
    world.quorums.medium = 2;
    const action = await ask('ann');
    expect(action).toMatchObject({ status: 'pending_approval', approvals_needed: 2 });
    await expect(approve(action, 'ann')).rejects.toMatchObject({ type: 'own-request' });
    expect(await approve(action, 'bob')).toMatchObject({
      status: 'pending',
      decided_by: null,
      action: { approvals: [{ approver: 'bob' }] },
    });
    await expect(approve(action, ' Bob')).rejects.toMatchObject({ type: 'conflict' });
    await rig.work();
    expect(world.actuator.executed).toEqual([]);
    const others = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => approve(action, `approver-${i}`)));
    expect(others.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    expect((await rig.audit(ACME)).map((record) => [record.action, record.approver])).toEqual([
      ['containment.pending', undefined],
      ['containment.approval_given', 'bob'],
      ...['approved', 'executing', 'executed'].map((what) => [`containment.${what}`, expect.stringMatching(/^approver-\d+$/)]),
    ]);
  });

  it('DUR-13 one refusal is enough, and so is the end of its time, whoever has approved before', async () => {
    world.quorums.medium = 2;
    const [refused, late] = [await ask('ann', '203.0.113.9'), await ask('ann', '203.0.113.10')];
    for (const action of [refused, late]) await approve(action, 'bob');
    await rig.approvals.reject(person('carl'), refused.approval_id ?? '', { comments: 'no' });
    await expect(approve(refused, 'dora')).rejects.toMatchObject({ type: 'conflict' });
    world.clock.time = Date.parse(late.expires_at ?? '');
    await expect(approve(late, 'dora')).rejects.toMatchObject({ type: 'conflict' });
    await rig.work();
    expect(world.actuator.executed).toEqual([]);
    expect((await rig.actions.find(ACME, late.action_id)).status).toBe('expired');
  });

  it('trap.P05-approver-is-the-authenticated-principal', async () => {
    const action = await ask('ann');
    for (const sameHand of ['ann', 'Ann', ' ann ']) {
      await expect(approve(action, sameHand)).rejects.toMatchObject({ type: 'own-request', status: 403 });
    }
    const machine = person('sensor');
    const asMachine = { ...machine, principal: { ...machine.principal, kind: 'collector' as const } };
    await expect(rig.approvals.approve(asMachine, action.approval_id ?? '', { comments: '', digest: action.digest })).rejects.toMatchObject(
      {
        type: 'forbidden',
      },
    );
    await approve(action, 'bob');
    await rig.work();
    const records = await rig.audit(ACME, action.incident_id);
    expect(records.find((record) => record.action === 'containment.approved')).toMatchObject({
      actor: { type: 'person', id: 'bob' },
      approver: 'bob',
      comments: 'seen',
      source_ip: '198.51.100.1',
    });
    expect(records.find((record) => record.action === 'containment.executed')).toMatchObject({
      approver: 'bob',
      actor: { type: 'system' },
    });
  });

  it('trap.P06-approval-id-collision-across-tenants', async () => {
    const ours = await ask('ann', '203.0.113.9', ACME);
    const theirs = await ask('ann', '203.0.113.9', GLOBEX);
    expect(ours.approval_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ours.approval_id).not.toBe(theirs.approval_id);
    const foreign = person('mallory', GLOBEX);
    const given = { comments: '', digest: ours.digest };
    await expect(rig.approvals.approve(foreign, ours.approval_id ?? '', given)).rejects.toMatchObject({ type: 'not-found' });
    await expect(rig.approvals.reject(foreign, ours.approval_id ?? '', given)).rejects.toMatchObject({ type: 'not-found' });
    await expect(rig.approvals.find(GLOBEX, ours.approval_id ?? '')).rejects.toMatchObject({ type: 'not-found' });
    const db = await rig.databases.of<ContainmentTables>(GLOBEX);
    await db.updateTable('containment_action').set({ approval_id: ours.approval_id }).execute();
    await rig.approvals.approve(person('bob', ACME), ours.approval_id ?? '', given);
    expect(await rig.approvals.find(GLOBEX, ours.approval_id ?? '')).toMatchObject({ status: 'pending', tenant_id: GLOBEX });
  });

  it('R51 an approval is bound to what was seen: another digest, or an action changed since, is refused', async () => {
    const action = await ask();
    await expect(approve(action, 'bob', 'a'.repeat(64))).rejects.toMatchObject({ type: 'digest-mismatch', status: 409 });
    const db = await rig.databases.of<ContainmentTables>(ACME);
    await db.updateTable('containment_action').set({ target_value: '198.51.100.99' }).execute();
    await expect(approve(action, 'bob')).rejects.toMatchObject({ type: 'digest-mismatch', status: 409 });
    expect((await rig.actions.find(ACME, action.action_id)).status).toBe('pending_approval');
  });

  it('R50 a rejected action is written down and nothing else', async () => {
    const action = await ask();
    const rejected = await rig.approvals.reject(person('bob'), action.approval_id ?? '', { comments: 'a partner' });
    expect(rejected).toMatchObject({ status: 'rejected', decided_by: 'bob', comments: 'a partner', action: { status: 'rejected' } });
    await expect(approve(action, 'carl')).rejects.toMatchObject({ type: 'conflict' });
    await rig.work();
    expect(world.actuator.executed).toEqual([]);
    expect((await rig.audit(ACME)).map((record) => record.action)).toEqual(['containment.pending', 'containment.rejected']);
    await ask();
  });

  it('R50 a pending action expires by itself', async () => {
    const action = await ask();
    world.clock.time += 3_599_999;
    await rig.work();
    expect((await rig.approvals.find(ACME, action.approval_id ?? '')).status).toBe('pending');
    world.clock.time += 1;
    await rig.work();
    expect((await rig.approvals.find(ACME, action.approval_id ?? '')).status).toBe('expired');
    await expect(approve(action, 'bob')).rejects.toMatchObject({ type: 'conflict' });
    expect((await rig.audit(ACME)).at(-1)).toMatchObject({ action: 'containment.expired', actor: { type: 'system' } });
  });

  it('an expired action cannot be approved although nothing has expired it yet', async () => {
    const action = await ask();
    await rig.runner.beforeApplicationShutdown();
    world.clock.time += 3_600_000;
    const late = await Promise.allSettled([approve(action, 'bob'), approve(action, 'carl')]);
    expect(late.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await rig.approvals.find(ACME, action.approval_id ?? '')).status).toBe('expired');
    expect((await rig.audit(ACME)).map((record) => record.action)).toEqual(['containment.pending', 'containment.expired']);
  });

  it('DUR-13 an approval that had to wait for the store past the end of the action’s time comes too late', async () => {
    const action = await ask();
    const elsewhere = startRig(world);
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const db = await elsewhere.databases.of<ContainmentTables>(ACME);
    const holding = db.transaction().execute(async (trx) => {
      await trx.selectFrom('containment_action').select('action_id').execute();
      held.resolve();
      await release.promise;
    });
    await held.promise;
    const late = expect(approve(action, 'bob')).rejects.toMatchObject({ type: 'conflict' });
    await sleep(50);
    world.clock.time += 3_600_000;
    release.resolve();
    await Promise.all([holding, late]);
    await rig.work();
    expect((await rig.approvals.find(ACME, action.approval_id ?? '')).status).toBe('expired');
    expect(world.actuator.executed).toEqual([]);
    expect((await rig.audit(ACME)).at(-1)).toMatchObject({ action: 'containment.expired', timestamp: action.expires_at });
    await elsewhere.close();
  });

  it('lists by status, page by page: what waits in the order it expires, the rest newest first', async () => {
    const first = await ask('ann', '203.0.113.1');
    world.clock.time += 1_000;
    const second = await ask('ann', '203.0.113.2');
    world.clock.time += 1_000;
    const third = await ask('ann', '203.0.113.3');
    await approve(second, 'bob');
    await rig.work();
    const ids = async (query: Parameters<typeof rig.approvals.list>[1]): Promise<(string | null)[]> =>
      (await rig.approvals.list(ACME, query)).items.map(({ approval_id: id }) => id);
    expect(await ids({ limit: 10 })).toEqual([third.approval_id, second.approval_id, first.approval_id]);
    expect(await ids({ limit: 10, status: ['pending'] })).toEqual([first.approval_id, third.approval_id]);
    expect(await ids({ limit: 10, status: ['pending'], sort: '-requested_at' })).toEqual([third.approval_id, first.approval_id]);
    expect(await ids({ limit: 10, status: ['approved', 'expired'] })).toEqual([second.approval_id]);
    const page = await rig.approvals.list(ACME, { limit: 2 });
    expect(await ids({ limit: 2, cursor: page.next_cursor ?? '' })).toEqual([first.approval_id]);
    expect(await ids({ limit: 10, status: [] })).toEqual([]);
  });
});
