import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { ActionKind, ActionTarget, ContainmentAction } from '../../src/contracts/containment.js';
import { digestOf } from '../../src/cra/action-digest.js';
import { CommandActuator } from '../../src/cra/adapters/command-actuator.js';
import { EdlActuator } from '../../src/cra/adapters/edl-actuator.js';
import { NotificationActuator } from '../../src/cra/adapters/notification-actuator.js';
import { SqliteExternalListStore } from '../../src/cra/adapters/sqlite-external-list-store.js';
import { WebhookSender } from '../../src/cra/adapters/webhook-sender.js';
import { ACTION_CATALOGUE } from '../../src/cra/domain/action-catalogue.js';
import { newRecord, toContract } from '../../src/cra/domain/action-record.js';
import type { ContainmentActuator } from '../../src/cra/domain/containment-actuator.js';
import { SecretRing } from '../../src/platform/secrets/secret-ring.js';
import { WebhookKeys } from '../../src/cra/webhook-keys.js';
import { policiesWith } from '../support/outbound-policies.js';
import { OutboundHttp } from '../../src/platform/outbound/outbound-http.js';
import { SqliteThread } from '../../src/platform/storage/sqlite-thread.js';
import { ACME, FakeIncidents, FakeTenants, GLOBEX, incident, MovableClock, openDatabases } from '../support/containment-rig.js';

/** A receiver that knows idempotency keys, as the contract asks of receivers: one effect a key. */
class Receiver {
  readonly effects = new Map<string, Record<string, unknown>>();
  answer = 200;
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (this.answer === 200) this.effects.set(String(request.headers['idempotency-key']), JSON.parse(body) as Record<string, unknown>);
      response.writeHead(this.answer).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/in`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** An actuator under test, and the effects that the world outside sees. */
interface ActuatorUnderTest {
  readonly actuator: ContainmentActuator;
  effects(): Promise<number>;
  /** Makes the next calls fail: for now, or for good. */
  fail?(how: 'temporarily' | 'for good'): void;
  dispose(): Promise<void>;
}

const found = incident({ incident_id: 'incident-1' });

async function withReceiver(make: (sender: WebhookSender, tenants: FakeTenants) => ContainmentActuator): Promise<ActuatorUnderTest> {
  const receiver = new Receiver();
  const url = await receiver.listen();
  const tenants = new FakeTenants();
  tenants.change(ACME, { webhooks: { notify_url: url, ticket_url: url, actuator_url: url } });
  const policies = policiesWith({ RETRY_WEBHOOK_BASE_DELAY: '0.001' });
  const outbound = new OutboundHttp(['127.0.0.0/8']);
  const sender = new WebhookSender(outbound, new WebhookKeys(SecretRing.of(Buffer.alloc(32, 1))), new MovableClock(), policies);
  return {
    actuator: make(sender, tenants),
    effects: async () => receiver.effects.size,
    fail(how) {
      receiver.answer = how === 'temporarily' ? 503 : 410;
    },
    dispose: async () => receiver.close(),
  };
}

const ADAPTERS: Readonly<Record<string, () => Promise<ActuatorUnderTest>>> = {
  async edl() {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-edl-'));
    const thread = new SqliteThread();
    const databases = openDatabases(thread, directory);
    const lists = new SqliteExternalListStore(databases);
    return {
      actuator: new EdlActuator(lists, new MovableClock()),
      effects: async () => (await lists.values(ACME, 'ip')).length + (await lists.values(ACME, 'domain')).length,
      async dispose() {
        await databases.closeAll();
        await thread.end();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
  notification: () =>
    withReceiver((sender, tenants) => {
      const incidents = new FakeIncidents();
      incidents.put(found);
      return new NotificationActuator(tenants, incidents, sender);
    }),
  command: () => withReceiver((sender, tenants) => new CommandActuator(tenants, sender)),
};

const TARGETS: Readonly<Record<ActionTarget['type'], string>> = {
  ip: '203.0.113.9',
  domain: 'files.evil.example',
  host: 'fin-ws-07',
  user: 'jo',
  process: 'C:\\Users\\jo\\a.exe',
  file: 'C:\\Users\\jo\\a.exe',
  incident: 'incident-1',
  cloud_account: 'arn:aws:iam::123456789012:user/jo',
};

const actionOf = (kind: ActionKind, tenant = ACME): ContainmentAction => {
  const type = ACTION_CATALOGUE[kind].targets[0] ?? 'incident';
  const common = { tenant, action_id: uuidv7(), incident_id: 'incident-1', reason: 'It was there.', requested_by: 'ann', playbook: null };
  const rest = { risk: 'low' as const, correlation_id: 'req-1', approval: null, at: '2026-11-21T10:00:00.000Z' };
  return toContract(newRecord({ ...common, ...rest, kind, target: { type, value: TARGETS[type] } }, digestOf));
};

describe.each(Object.entries(ADAPTERS))('the actuator %s', (_name, make) => {
  let under: ActuatorUnderTest;
  beforeEach(async () => {
    under = await make();
  });
  afterEach(() => under.dispose());

  it('previews without an effect', async () => {
    for (const kind of under.actuator.kinds) expect(Object.keys(await under.actuator.preview(ACME, actionOf(kind)))).not.toEqual([]);
    expect(await under.effects()).toBe(0);
  });

  it('has one effect under one key, however often it is asked, where it calls itself repeatable', async () => {
    if (!under.actuator.isRepeatable) return;
    for (const [at, kind] of under.actuator.kinds.entries()) {
      const action = actionOf(kind);
      for (let time = 0; time < 3; time++) await under.actuator.execute(ACME, action, action.action_id);
      expect(await under.effects()).toBe(at + 1);
    }
  });

  it('tells what it did in JSON, and never claims less than it knows of the effect', async () => {
    for (const kind of under.actuator.kinds) {
      const action = actionOf(kind);
      expect(await under.actuator.stateOf(ACME, action)).not.toBe('in-force');
      const result = await under.actuator.execute(ACME, action, action.action_id);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      expect(await under.actuator.stateOf(ACME, action)).not.toBe('absent');
    }
  });

  it('undoes every kind that the catalogue calls reversible, also when asked twice', async () => {
    for (const kind of under.actuator.kinds.filter((candidate) => ACTION_CATALOGUE[candidate].reversible)) {
      const action = actionOf(kind);
      await under.actuator.execute(ACME, action, action.action_id);
      const first = await under.actuator.revert(ACME, action, `${action.action_id}:revert`);
      expect(await under.actuator.revert(ACME, action, `${action.action_id}:revert`)).toEqual(first);
      expect(await under.actuator.stateOf(ACME, action)).not.toBe('in-force');
    }
  });

  it('says of a failure whether trying again may help', async () => {
    if (!under.fail) return;
    const action = actionOf(under.actuator.kinds[0] ?? 'notify');
    under.fail('temporarily');
    await expect(under.actuator.execute(ACME, action, 'k')).rejects.toMatchObject({ name: 'ActuatorFailure', isTemporary: true });
    under.fail('for good');
    await expect(under.actuator.execute(ACME, action, 'k')).rejects.toMatchObject({ name: 'ActuatorFailure', isTemporary: false });
    expect(await under.effects()).toBe(0);
  });

  it('acts in one tenant only, and does not claim an outside effect where there is no receiver', async () => {
    for (const kind of under.actuator.kinds) {
      const action = actionOf(kind, GLOBEX);
      const result = await under.actuator.execute(GLOBEX, action, action.action_id);
      if (under.fail) expect(result['dry_run'] === true || result['delivered'] === false).toBe(true);
    }
    expect(await under.effects()).toBe(0);
  });
});

describe('the external lists', () => {
  it('keep a value while another action needs it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-edl-'));
    const thread = new SqliteThread();
    const databases = openDatabases(thread, directory);
    const lists = new SqliteExternalListStore(databases);
    const actuator = new EdlActuator(lists, new MovableClock());
    const [one, two] = [actionOf('block_ip'), actionOf('block_ip')];
    await actuator.execute(ACME, one);
    await actuator.execute(ACME, two);
    expect(await lists.values(ACME, 'ip')).toEqual(['203.0.113.9']);
    expect(await actuator.revert(ACME, one)).toMatchObject({ still_listed_for_another_action: true });
    expect(await lists.values(ACME, 'ip')).toEqual(['203.0.113.9']);
    expect(await actuator.revert(ACME, two)).toMatchObject({ still_listed_for_another_action: false });
    expect(await lists.values(ACME, 'ip')).toEqual([]);
    await databases.closeAll();
    await thread.end();
    rmSync(directory, { recursive: true, force: true });
  });
});
