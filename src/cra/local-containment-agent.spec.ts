import { Logger } from '@nestjs/common';
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
import { readPlaybooks } from './adapters/playbook-files.js';

const PLAYBOOKS = readPlaybooks('config/playbooks');

describe('responding to an incident', () => {
  let world: RigWorld;
  let rig: ContainmentRig;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    world = makeWorld(PLAYBOOKS);
    rig = startRig(world);
  });
  afterEach(async () => {
    await rig.close();
    world.remove();
  });

  it('R50 low risk runs at once and is audited; the rest waits', async () => {
    const found = world.incidents.put(incident());
    const plan = await rig.agent.respond(ACME, found);
    expect(plan).toMatchObject({ incident_id: found.incident_id, playbook: 'data-theft' });
    await rig.work();
    const { items } = await rig.actions.list(ACME, {}, { limit: 50 });
    expect(items.map(({ kind, status, requested_by: by }) => `${kind} ${status} ${by}`).sort()).toEqual([
      'block_domain pending_approval playbook:data-theft',
      'block_ip pending_approval playbook:data-theft',
      'create_ticket executed playbook:data-theft',
      'disable_user pending_approval playbook:data-theft',
      'isolate_host pending_approval playbook:data-theft',
      'notify executed playbook:data-theft',
    ]);
    expect(items.find(({ kind }) => kind === 'block_ip')?.target).toEqual({ type: 'ip', value: '203.0.113.9' });
    const records = await rig.audit(ACME, found.incident_id);
    expect(records.map((record) => record.action).sort()).toEqual([
      ...Array<string>(2).fill('containment.executed'),
      ...Array<string>(2).fill('containment.executing'),
      ...Array<string>(4).fill('containment.pending'),
      ...Array<string>(2).fill('containment.planned'),
    ]);
    expect(records.every((record) => record.correlation_id === 'req-incident' && record.tenant_id === ACME)).toBe(true);
  });

  it('asked again, also at the same time, it adds nothing; asked of a grown incident it adds what is new', async () => {
    const found = incident();
    const plans = await Promise.all(Array.from({ length: 10 }, () => rig.agent.respond(ACME, found)));
    expect(new Set(plans.map((plan) => JSON.stringify(plan.actions.map(({ action_id: id }) => id))))).toHaveProperty('size', 1);
    const waiting = (await rig.approvals.list(ACME, { limit: 50, status: ['pending'] })).items;
    await rig.approvals.reject(
      {
        tenant: ACME,
        correlationId: 'c',
        sourceIp: '',
        principal: { subject: 'bob', kind: 'person', grants: new Map(), platformRoles: [], keyId: 'k', via: 'jwt' },
      },
      waiting[0]?.approval_id ?? '',
      { comments: '' },
    );
    const grown = { ...found, entities: [...found.entities, { type: 'ip' as const, value: '198.51.100.7' }] };
    const plan = await rig.agent.respond(ACME, grown);
    expect(plan.actions).toHaveLength((plans[0]?.actions.length ?? 0) + 1);
    expect(plan.actions.at(-1)).toMatchObject({ kind: 'block_ip', target: { value: '198.51.100.7' } });
  });

  it('R50 high risk runs at once only where the tenant has automatic containment, and never on what is critical', async () => {
    world.tenants.change(ACME, { features: { advanced_ml: false, auto_containment: true } });
    const entities = [
      { type: 'host' as const, value: 'fin-ws-07' },
      { type: 'host' as const, value: 'dc01' },
    ];
    await rig.agent.respond(ACME, incident({ entities }));
    await rig.work();
    const { items } = await rig.actions.list(ACME, { kind: ['isolate_host'] }, { limit: 50 });
    expect(Object.fromEntries(items.map(({ target, status }) => [target.value, status]))).toEqual({
      'fin-ws-07': 'executed',
      dc01: 'pending_approval',
    });
  });

  it('does not ask a second time for what another incident waits for or has in force, says so once, and asks once that is over', async () => {
    const merged = incident();
    await rig.agent.respond(ACME, merged);
    const [waiting] = (await rig.actions.list(ACME, { kind: ['block_ip'] }, { limit: 10 })).items;
    const surviving = incident();
    const plan = await rig.agent.respond(ACME, surviving);
    expect(plan.actions.map(({ kind }) => kind).sort()).toEqual(['create_ticket', 'notify']);
    expect(plan.covered.map(({ kind }) => kind).sort()).toEqual(['block_domain', 'block_ip', 'disable_user', 'isolate_host']);
    expect(new Set(plan.covered.map(({ incident_id: id }) => id))).toEqual(new Set([merged.incident_id]));
    expect((await rig.agent.respond(ACME, surviving)).covered).toHaveLength(4);
    const noted = (await rig.audit(ACME, surviving.incident_id)).filter(({ action }) => action === 'containment.covered');
    expect(noted).toHaveLength(4);
    expect(noted.find(({ target }) => target.id === waiting?.action_id)).toMatchObject({
      correlation_id: surviving.correlation_id,
      details: { kind: 'block_ip', target: { value: '203.0.113.9' }, status: 'pending_approval', of_incident: merged.incident_id },
    });

    await rig.approvals.reject(person('bob'), waiting?.approval_id ?? '', { comments: '' });
    const again = await rig.agent.respond(ACME, surviving);
    expect(again.actions.filter(({ kind }) => kind === 'block_ip')).toMatchObject([{ incident_id: surviving.incident_id }]);
    expect((await rig.actions.list(ACME, { kind: ['isolate_host'] }, { limit: 10 })).items).toHaveLength(1);
  });

  it('stops at the playbook’s bound and says so once', async () => {
    const entities = Array.from({ length: 60 }, (_, i) => ({ type: 'ip' as const, value: `203.0.113.${i}` }));
    const found = incident({ entities });
    await rig.agent.respond(ACME, found);
    await rig.agent.respond(ACME, { ...found, entities: [...entities, { type: 'ip', value: '198.51.100.1' }] });
    const { items } = await rig.actions.list(ACME, { kind: ['block_ip'] }, { limit: 100 });
    expect(items).toHaveLength(24);
    const withheld = (await rig.audit(ACME)).filter((record) => record.action === 'containment.withheld');
    expect(withheld).toHaveLength(1);
    expect(withheld[0]).toMatchObject({ outcome: 'refused', details: { reason: 'max_targets', limit: 24, withheld: 36 } });
  });

  it('TEN-13 leaves out what would make too many wait for a person, says so once, and plans it when there is room', async () => {
    await rig.close();
    rig = startRig(world, 3_600, 2);
    const found = incident();
    const plan = await rig.agent.respond(ACME, found);
    expect(plan.actions.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'block_domain pending_approval',
      'block_ip pending_approval',
      'create_ticket planned',
      'notify planned',
    ]);
    expect((await rig.agent.respond(ACME, found)).actions).toHaveLength(4);
    expect(await rig.store.countPending(ACME)).toBe(2);
    const withheld = (await rig.audit(ACME, found.incident_id)).filter(({ action }) => action === 'containment.withheld');
    expect(withheld).toMatchObject([{ outcome: 'refused', details: { reason: 'pending_approvals', limit: 2, withheld: 2 } }]);
    expect(withheld[0]?.details?.['first']).toEqual(
      expect.arrayContaining([
        { kind: 'isolate_host', target: { type: 'host', value: 'fin-ws-07' } },
        { kind: 'disable_user', target: { type: 'user', value: 'jo' } },
      ]),
    );
    world.incidents.put(found);
    const asked = { action: 'block_ip', target: { type: 'ip', value: '198.51.100.7' }, reason: 'seen' } as const;
    await expect(rig.requests.request(person('ada'), found.incident_id, asked)).rejects.toMatchObject({ type: 'quota-exceeded' });
    expect(
      (await rig.agent.respond(GLOBEX, incident({ tenant_id: GLOBEX }))).actions.filter(({ status }) => status === 'pending_approval'),
    ).toHaveLength(2);

    for (const { approval_id: id } of (await rig.approvals.list(ACME, { limit: 10, status: ['pending'] })).items)
      await rig.approvals.reject(person('bob'), id, { comments: '' });
    const later = await rig.agent.respond(ACME, found);
    expect(
      later.actions
        .filter(({ status }) => status === 'pending_approval')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['disable_user', 'isolate_host']);
  });

  it('keeps equal incidents of two tenants apart, and refuses one of another tenant', async () => {
    const ours = incident({ incident_id: 'same' });
    const theirs = incident({ incident_id: 'same', tenant_id: GLOBEX });
    const [one, two] = [await rig.agent.respond(ACME, ours), await rig.agent.respond(GLOBEX, theirs)];
    expect(one.actions).toHaveLength(two.actions.length);
    expect((await rig.actions.list(GLOBEX, {}, { limit: 50 })).items.every(({ tenant_id: tenant }) => tenant === GLOBEX)).toBe(true);
    await expect(rig.agent.respond(GLOBEX, ours)).rejects.toThrow('another tenant');
  });
});
