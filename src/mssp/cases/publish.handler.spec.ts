import {
  ACME,
  batch,
  casesIn,
  detection,
  NOON,
  rowsOf,
  SYSTEM_STAMP,
  temporaryTenants,
} from '../../../test/contract/alert-store-fixtures.js';
import type { Alert } from '../../contracts/alert.js';
import { AgentAway } from '../../contracts/agent-away.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { Verdict } from '../../contracts/verdict.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { SqliteAlertOutbox } from './adapters/sqlite-alert-outbox.js';
import { SqliteAlertStore } from './adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from './adapters/sqlite-incident-store.js';
import type { OutgoingMessage } from './domain/alert-message.js';
import { AlertPublisher } from './domain/alert-publisher.js';
import { PublishHandler } from './publish.handler.js';

const VERDICT: Verdict = {
  classification: 'malicious',
  score: 80,
  confidence: 1,
  reasons: [],
  contributions: [],
  counterfactuals: [],
  model_version: 'fake',
};

/** Remembers what was published; away while told so. */
class FakePublisher extends AlertPublisher {
  away = false;
  readonly sent: OutgoingMessage[] = [];

  async publish(_tenant: TenantId, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.away) throw new AgentAway('the topic does not exist');
    this.sent.push(...messages);
  }

  async prepare(): Promise<void> {}

  forget(): void {}

  get ids(): readonly string[] {
    return this.sent.map(({ attributes }) => attributes['gatra_message_id'] ?? '');
  }
}

describe('PublishHandler', () => {
  const tenants = temporaryTenants();
  afterAll(() => tenants.close());

  it('publishes what happened to an alert once, in its order, sealed until then', async () => {
    const cases = casesIn(tenants.databases, true, true);
    const [alerts, incidents] = [new SqliteAlertStore(cases), new SqliteIncidentStore(cases)];
    const publisher = new FakePublisher();
    const handler = new PublishHandler(new SqliteAlertOutbox(cases), publisher, new Metrics());
    await alerts.raise(ACME, { alerts_per_min: 1, now: NOON, batch: batch('b1'), detections: [detection(0), detection(1), detection(2)] });
    const raised = await alerts.list(ACME, { sort: { by: 'created_at', descending: true }, limit: 10 });
    expect(raised).toHaveLength(2);
    const judged = raised.map((alert) => ({ alert, verdict: VERDICT }));
    await incidents.settle(ACME, judged, SYSTEM_STAMP);
    const [first] = await alerts.findMany(
      ACME,
      raised.map(({ alert_id }) => alert_id),
    );
    if (!first) throw new Error('there is no alert');
    await alerts.update(ACME, first, { status: 'in_progress' }, { ...SYSTEM_STAMP, correlation_id: 'req-change' });

    const rows = (await rowsOf(tenants.databases, 'alert_message')) as { document: string }[];
    expect(rows).toHaveLength(5);
    expect(rows.every(({ document }) => document.startsWith('sealed:'))).toBe(true);
    const work = (await rowsOf(tenants.databases, 'work_item')) as { kind: string; key: string; payload: string }[];
    const items = work
      .filter(({ kind }) => kind === 'publish')
      .map(({ kind, key }) => ({ kind, key, payload: {}, correlation_id: 'req-b1', attempts: 0 }));
    expect(items).toHaveLength(2);

    publisher.away = true;
    await expect(handler.handle(ACME, items)).rejects.toThrow(AgentAway);
    publisher.away = false;
    await handler.handle(ACME, items);
    await handler.handle(ACME, items);
    const expected = raised.flatMap(({ alert_id }) => [
      `${alert_id}@1`,
      `${alert_id}@2`,
      ...(alert_id === first.alert_id ? [`${alert_id}@3`] : []),
    ]);
    expect([...publisher.ids].sort()).toEqual(expected.sort());
    for (const { alert_id } of raised) {
      const versions = publisher.sent
        .filter(({ orderingKey }) => orderingKey === alert_id)
        .map(({ attributes }) => Number(attributes['version']));
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    }
    expect(publisher.sent.find(({ attributes }) => attributes['version'] === '3')?.attributes).toMatchObject({
      tenant_id: ACME,
      event: 'changed',
      correlation_id: 'req-change',
    });
    const told = JSON.parse(String(publisher.sent.find(({ attributes }) => attributes['version'] === '3')?.data)) as object;
    expect(told).toEqual(await alerts.find(ACME, first.alert_id));
    const verdicts = publisher.sent
      .filter(({ attributes }) => attributes['version'] === '2')
      .map(({ data }) => JSON.parse(String(data)) as object);
    expect(verdicts).toEqual(
      verdicts.map(() => expect.objectContaining({ status: 'triaged', verdict: VERDICT, incident_id: expect.any(String) })),
    );
    expect(await rowsOf(tenants.databases, 'alert_message')).toEqual([]);
  });

  it('sends nothing on of an indicator that is marked TLP:RED, and keeps it in the alert', async () => {
    const apart = temporaryTenants();
    const cases = casesIn(apart.databases, true, true);
    const alerts = new SqliteAlertStore(cases);
    const publisher = new FakePublisher();
    const rule = { ...detection(0).rule, title: 'Indicator seen: secret' };
    const found = (['red', 'amber'] as const).map((indicator_tlp, index) =>
      detection(index, { detector: 'intel', rule: { ...rule, id: indicator_tlp }, reason: 'a secret', indicator_tlp }),
    );
    await alerts.raise(ACME, { alerts_per_min: 100, now: NOON, batch: batch('b3'), detections: found });
    const raised = await alerts.list(ACME, { sort: { by: 'created_at', descending: true }, limit: 10 });
    expect(raised.map(({ reason }) => reason)).toEqual(['a secret', 'a secret']);
    const items = raised.map(({ alert_id: key }) => ({ kind: 'publish', key, payload: {}, correlation_id: 'req-b3', attempts: 0 }));
    await new PublishHandler(new SqliteAlertOutbox(cases), publisher, new Metrics()).handle(ACME, items);
    const told = new Map(publisher.sent.map(({ data }) => [(JSON.parse(String(data)) as Alert).rule.id, String(data)]));
    expect([told.get('red')?.includes('secret'), told.get('amber')?.includes('secret')]).toEqual([false, true]);
    expect(JSON.parse(told.get('red') ?? '{}')).toMatchObject({ indicator_tlp: 'red', entities: [] });
    await apart.close();
  });

  it('has nothing to do where alerts are not published', async () => {
    const quiet = temporaryTenants();
    const alerts = new SqliteAlertStore(quiet.cases);
    await alerts.raise(ACME, { alerts_per_min: 100, now: NOON, batch: batch('b2'), detections: [detection(0)] });
    expect(await rowsOf(quiet.databases, 'alert_message')).toEqual([]);
    expect(await rowsOf(quiet.databases, 'work_item')).toHaveLength(1);
    await quiet.close();
  });
});
