import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import type { ContainmentAction } from '../contracts/containment.js';
import { ACME, incident, makeWorld, person, startRig, type ContainmentRig, type RigWorld } from '../../test/support/containment-rig.js';
import { Actuators } from './actuators.js';
import { ActuatorFailure } from './domain/containment-actuator.js';
import { EXECUTION } from './domain/effect-phase.js';
import { NoTracing } from '../platform/observability/tracing/no-tracing.js';
import { EffectHandler } from './effect.handler.js';

const LEASES_OVER_MS = 61_000;

describe('carrying actions out', () => {
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

  const pending = async (): Promise<ContainmentAction> => {
    const { incident_id: id } = world.incidents.put(incident());
    return rig.requests.request(person('ann'), id, {
      action: 'block_ip',
      target: { type: 'ip', value: '203.0.113.9' },
      reason: 'It was there.',
    });
  };
  const approve = async (action: ContainmentAction): Promise<void> => {
    await rig.approvals.approve(person('bob'), action.approval_id ?? '', { comments: '', digest: action.digest });
  };
  const present = (action: ContainmentAction): Promise<ContainmentAction> => rig.actions.find(ACME, action.action_id);
  /** The process is killed, and another one starts once all leases are over. */
  const killAndRestart = async (): Promise<void> => {
    await rig.kill();
    world.clock.time += LEASES_OVER_MS;
    rig = startRig(world);
  };
  /** Kills the process at a point of the actuator's call; the call never answers. */
  const killDuring = async (point: 'before' | 'after', action: ContainmentAction): Promise<void> => {
    const reached = new Promise<void>((resolve) => {
      world.actuator[point] = () => {
        resolve();
        return new Promise<never>(() => undefined);
      };
    });
    await approve(action);
    await reached;
    world.actuator[point] = async () => undefined;
    await rig.kill();
    world.clock.time += LEASES_OVER_MS;
    rig = startRig(world);
  };
  const trail = async (action: ContainmentAction): Promise<string[]> =>
    (await rig.audit(ACME, action.incident_id)).map((record) => record.action.replace('containment.', ''));

  it('trap.P08-approval-survives-kill9', async () => {
    const action = await pending();
    await killAndRestart();
    expect(await rig.approvals.find(ACME, action.approval_id ?? '')).toMatchObject({ status: 'pending', digest: action.digest });
    await rig.runner.beforeApplicationShutdown();
    await approve(action);
    await killAndRestart();
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    expect(await present(action)).toMatchObject({ status: 'executed' });
  });

  it('DUR-12 killed before the effect: it is done once, after the restart', async () => {
    const action = await pending();
    await killDuring('before', action);
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    expect(await trail(action)).toEqual(['pending', 'approved', 'executing', 'resumed', 'executed']);
  });

  it('DUR-12 killed after the effect, before it is recorded: it is read back, not done again', async () => {
    const action = await pending();
    await killDuring('after', action);
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    expect(await present(action)).toMatchObject({ status: 'executed', result: { read_back: true } });
  });

  it('DUR-12 what cannot be asked is repeated under the same key where the receiver knows keys', async () => {
    world.actuator.isReadable = false;
    const action = await pending();
    await killDuring('after', action);
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id, action.action_id]);
    expect(await present(action)).toMatchObject({ status: 'executed' });
  });

  it('DUR-12 what can be neither asked nor repeated is left to a person', async () => {
    Object.assign(world.actuator, { isReadable: false, isRepeatable: false });
    const action = await pending();
    await killDuring('after', action);
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
    expect(await present(action)).toMatchObject({ status: 'failed', result: { error: 'outcome_unknown' } });
  });

  /** What another process would run on the same action. */
  const anotherWorker = async (action: ContainmentAction): Promise<void> => {
    const handler = new EffectHandler(EXECUTION, {
      ...rig,
      tracing: new NoTracing(),
      clock: world.clock,
      actuators: new Actuators([world.actuator]),
    });
    const payload = { action_id: action.action_id, attempt: 1 };
    await handler.handle(ACME, [{ kind: handler.kind, key: 'k', payload, correlation_id: 'c', attempts: 0 }]);
  };

  it('two workers on one action: one carries it out, the other leaves it alone', async () => {
    const action = await pending();
    await rig.runner.beforeApplicationShutdown();
    await approve(action);
    const workers = await Promise.allSettled(Array.from({ length: 8 }, () => anotherWorker(action)));
    expect(workers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    expect(world.actuator.executed).toEqual([action.action_id]);
    expect(await trail(action)).toEqual(['pending', 'approved', 'executing', 'executed']);
  });

  it('DUR-12 an item seen again after the record changes nothing', async () => {
    const action = await pending();
    await approve(action);
    await rig.work();
    const before = await present(action);
    await anotherWorker(action);
    expect(await present(action)).toEqual(before);
    expect(world.actuator.executed).toHaveLength(1);
  });

  it('trap.P09-no-audit-no-action', async () => {
    const action = await pending();
    await rig.runner.beforeApplicationShutdown();
    await approve(action);
    await rig.close();
    rig = startRig(world);
    const db = await rig.databases.of(ACME);
    await sql`CREATE TRIGGER audit_log_full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'disk full'); END`.execute(db);
    await rig.work();
    expect(world.actuator.executed).toEqual([]);
    expect((await present(action)).status).toBe('approved');
    const asked = rig.requests.request(person('ann'), action.incident_id, {
      action: 'notify',
      target: { type: 'incident', value: action.incident_id },
      reason: 'Tell.',
    });
    await expect(asked).rejects.toThrow('disk full');
    await sql`DROP TRIGGER audit_log_full`.execute(db);
    world.clock.time += 60_000;
    await rig.work();
    expect(world.actuator.executed).toEqual([action.action_id]);
  });

  it('the record of the attempt is on disk before the actuator is called', async () => {
    const action = await pending();
    let seen: string[] = [];
    world.actuator.before = async () => {
      seen = await trail(action);
    };
    await approve(action);
    await rig.work();
    expect(seen).toEqual(['pending', 'approved', 'executing']);
  });

  it('trap.P09-utc', async () => {
    const action = await pending();
    await approve(action);
    await rig.work();
    const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
    for (const record of await rig.audit(ACME)) expect(record.timestamp).toMatch(utc);
    const { created_at: createdAt, updated_at: updatedAt, expires_at: expiresAt, approvals } = await present(action);
    for (const time of [createdAt, updatedAt, expiresAt, approvals[0]?.at]) expect(time).toMatch(utc);
  });

  it('a temporary failure is tried again later, with every attempt on record; then it is given up', async () => {
    const action = await pending();
    world.actuator.isReadable = false;
    world.actuator.before = async () => {
      throw new ActuatorFailure('receiver_unreachable', true);
    };
    await approve(action);
    await rig.work();
    expect(await present(action)).toMatchObject({ status: 'executing' });
    for (let attempt = 2; attempt <= 7; attempt++) {
      world.clock.time += 60_000;
      await rig.work();
    }
    expect(await present(action)).toMatchObject({ status: 'failed', result: { error: 'receiver_unreachable', attempts: 7 } });
    expect((await trail(action)).filter((step) => step === 'attempt_failed')).toHaveLength(6);
    expect(await rig.metrics.registry.metrics()).toContain('containment_executed{tenant_id="acme-corp",status="failed"} 1');
  });

  it('a failure for good is not tried again', async () => {
    const action = await pending();
    world.actuator.before = async () => {
      throw new ActuatorFailure('receiver_answered_400', false);
    };
    await approve(action);
    await rig.work();
    expect(await present(action)).toMatchObject({ status: 'failed', result: { error: 'receiver_answered_400', attempts: 1 } });
  });

  it('a reverted action is undone once; one that cannot be undone stays in force and may be tried again', async () => {
    const action = await pending();
    await expect(rig.actions.revert(person('bob'), action.action_id, 'a partner')).rejects.toMatchObject({ type: 'conflict' });
    await approve(action);
    await rig.work();
    world.actuator.before = async () => {
      throw new ActuatorFailure('receiver_answered_400', false);
    };
    await rig.actions.revert(person('bob'), action.action_id, 'a partner');
    await rig.work();
    expect(await present(action)).toMatchObject({ status: 'executed', result: { done: true, revert: { error: 'receiver_answered_400' } } });
    world.actuator.before = async () => undefined;
    const again = await Promise.allSettled(
      Array.from({ length: 5 }, () => rig.actions.revert(person('bob'), action.action_id, 'a partner')),
    );
    expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await rig.work();
    expect(world.actuator.reverted).toEqual([`${action.action_id}:revert`]);
    expect(await present(action)).toMatchObject({ status: 'reverted', result: { done: true, revert: { undone: true } } });
    expect(await trail(action)).toEqual([
      'pending',
      'approved',
      'executing',
      'executed',
      'reverting',
      'revert_failed',
      'reverting',
      'reverted',
    ]);
  });
});
