import type { Detection } from '../../src/contracts/detection.js';
import type { CaseTables } from '../../src/mssp/cases/adapters/case-tables.js';
import { SqliteAlertStore } from '../../src/mssp/cases/adapters/sqlite-alert-store.js';
import { alertPosition, type AlertQuery, type AlertStore } from '../../src/mssp/cases/domain/alert-store.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { describeOnEngines, openSqlite, type OpenStores } from '../support/store-engines.js';
import { ACME, batch, casesIn, detection, GLOBEX, NOON, rowsOf, SYSTEM_STAMP } from './alert-store-fixtures.js';

const NEWEST: AlertQuery = { sort: { by: 'created_at', descending: true }, limit: 50 };

describe('AlertStore, in clear, in SQLite', () => contract(openSqlite, false));
describeOnEngines('AlertStore, encrypted', (open) => contract(open, true));

function contract(open: OpenStores, sealed: boolean): void {
  let store: AlertStore;
  let databases: TenantDatabases;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const stores = await open();
    databases = stores.tenants;
    close = () => stores.close();
    store = new SqliteAlertStore(casesIn(databases, sealed));
  });

  afterEach(() => close());

  const rows = async (table: keyof CaseTables) => rowsOf(databases, table);
  const raise = (id: string, detections: readonly Detection[], alerts_per_min = 100_000) =>
    store.raise(ACME, { alerts_per_min, now: NOON, batch: batch(id), detections });

  describe('raising', () => {
    it('makes an alert of a detection, with its triage and one audit record', async () => {
      await raise('b1', [detection(0), detection(3, { rarity: 0.4 })]);
      const alerts = await store.list(ACME, NEWEST);
      expect(alerts.map((alert) => alert.evidence)).toEqual(expect.arrayContaining([['b1.0'], ['b1.3']]));
      expect(alerts[0]).toMatchObject({ status: 'new', severity: 'high', count: 1, verdict: null, version: 1, correlation_id: 'req-b1' });
      expect(await rows('work_item')).toHaveLength(2);
      expect(await rows('audit_log')).toMatchObject([{ action: 'alerts.raised', target_id: 'b1' }]);
    });

    it('changes nothing when a batch is raised again, and adds only what is new', async () => {
      await raise('b1', [detection(0), detection(1)]);
      const before = await store.list(ACME, NEWEST);
      await raise('b1', [detection(0), detection(1)]);
      expect(await store.list(ACME, NEWEST)).toEqual(before);
      await raise('b1', [detection(0), detection(1), detection(2), detection(2)]);
      expect(await store.list(ACME, NEWEST)).toHaveLength(3);
      expect(await rows('audit_log')).toHaveLength(2);
    });

    it('folds what is beyond the limit of the minute into one storm alert a rule, the most severe last', async () => {
      const noise = Array.from({ length: 8 }, (_, i) => detection(i, { severity: 'low', entities: [{ type: 'host', value: `ws-${i}` }] }));
      const serious = detection(8, { severity: 'critical', rule: { ...detection(0).rule, id: 'rule-2' } });
      await raise('b1', [...noise, serious], 4);
      await raise('b2', noise, 4);
      await raise('b2', noise, 4);
      const alerts = await store.list(ACME, NEWEST);
      const storms = alerts.filter((alert) => alert.count > 1);
      expect(alerts).toHaveLength(5);
      expect(alerts.filter((alert) => alert.severity === 'critical')).toMatchObject([{ count: 1 }]);
      expect(storms).toMatchObject([{ count: 5 + 8, title: 'Alert storm: Encoded command' }]);
      expect(storms[0]?.evidence).toHaveLength(13);
      expect(storms[0]?.entities).toHaveLength(8);
      expect(await rows('alert_evidence')).toHaveLength(17);
    });

    it('makes of batches that come at the same time what it makes of them one after another', async () => {
      const batches = Array.from({ length: 30 }, (_, turn) => {
        const n = turn % 28;
        const rule = { ...detection(0).rule, id: `rule-${n % 3}` };
        const detections = [detection(n), detection(n + 1, { rule, entities: [{ type: 'host', value: `ws-${n}` }] }), detection(n)];
        return { alerts_per_min: 25, now: NOON, batch: batch(`b${n}`), detections };
      });
      await Promise.all(batches.map((request) => store.raise(ACME, request)));
      for (const request of batches) await store.raise(GLOBEX, request);
      const made = async (tenant: typeof ACME) =>
        (await store.list(tenant, { ...NEWEST, limit: 1_000 }))
          .map(({ title, rule, evidence, count, entities, correlation_id }) => ({ title, rule, evidence, count, entities, correlation_id }))
          .sort((a, b) => (a.evidence[0] ?? '').localeCompare(b.evidence[0] ?? '') || a.rule.id.localeCompare(b.rule.id));
      const together = await made(ACME);
      expect(together).toEqual(await made(GLOBEX));
      expect(together.filter(({ count }) => count > 1).length).toBeGreaterThan(0);
      const records = (await rows('audit_log')) as { target_id: string }[];
      expect(records.map(({ target_id }) => target_id).sort()).toEqual(Array.from({ length: 28 }, (_, n) => `b${n}`).sort());
      expect(await rows('work_item')).toHaveLength(together.length);
    });

    it('counts each minute of arrival by itself', async () => {
      await raise('b1', [detection(0), detection(1)], 2);
      const next = { ...batch('b2'), received_at: new Date(NOON + 60_000).toISOString() };
      await store.raise(ACME, { alerts_per_min: 2, now: NOON, batch: next, detections: [detection(0), detection(1)] });
      const minutes = [NOON - 60_000, NOON, NOON + 60_000].map((at) => store.raisedIn(ACME, Math.floor(at / 60_000)));
      expect(await Promise.all(minutes)).toEqual([0, 2, 2]);
      expect((await store.list(ACME, NEWEST)).map((alert) => alert.count)).toEqual([1, 1, 1, 1]);
    });

    it('takes thousands of detections at once', async () => {
      const many = Array.from({ length: 5_000 }, (_, i) =>
        detection(i, {
          entities: (['host', 'user', 'ip', 'file'] as const).map((type) => ({ type, value: `${type}-${i % 300}` })),
        }),
      );
      await raise('b1', many);
      expect(await rows('alert')).toHaveLength(5_000);
    });
  });

  describe('lists', () => {
    it('pages through everything once, in every order', async () => {
      await raise(
        'b1',
        Array.from({ length: 23 }, (_, i) => detection(i, { minutes: i % 5, severity: i % 2 ? 'low' : 'high' })),
      );
      for (const by of ['created_at', 'event_time', 'severity', 'score'] as const) {
        for (const descending of [true, false]) {
          const sort = { by, descending };
          const whole = await store.list(ACME, { sort, limit: 100 });
          const paged = [];
          for (let page = await store.list(ACME, { sort, limit: 5 }); page.length > 0;) {
            paged.push(...page.slice(0, 5));
            const last = page.length > 5 ? page[4] : undefined;
            page = last ? await store.list(ACME, { sort, limit: 5, after: alertPosition(last, sort) }) : [];
          }
          expect(paged).toEqual(whole);
          expect(new Set(paged.map((alert) => alert.alert_id)).size).toBe(23);
        }
      }
    });

    it('filters, with alternatives within a filter', async () => {
      await raise('b1', [
        detection(0),
        detection(1, { severity: 'low', techniques: ['T1003'], entities: [{ type: 'user', value: 'ws-17' }], minutes: 10 }),
        detection(2, { detector: 'intel', rule: { ...detection(0).rule, id: 'rule-9' }, techniques: [], entities: [] }),
      ]);
      const evidence = async (filter: Partial<AlertQuery>) =>
        (await store.list(ACME, { ...NEWEST, ...filter })).map((alert) => alert.evidence[0] ?? '').sort((a, b) => a.localeCompare(b));
      expect(await evidence({ severity: ['low', 'critical'] })).toEqual(['b1.1']);
      expect(await evidence({ technique: ['T1059'] })).toEqual(['b1.0']);
      expect(await evidence({ technique: ['T1059.001', 'T1003'] })).toEqual(['b1.0', 'b1.1']);
      expect(await evidence({ technique: ['T105'] })).toEqual([]);
      expect(await evidence({ entity: ['WS-17'] })).toEqual(['b1.0', 'b1.1']);
      expect(await evidence({ entity: ['user:ws-17'] })).toEqual(['b1.1']);
      expect(await evidence({ detector: ['intel'] })).toEqual(['b1.2']);
      expect(await evidence({ rule_id: ['rule-9'] })).toEqual(['b1.2']);
      expect(await evidence({ from: new Date(NOON + 1).toISOString() })).toEqual(['b1.1']);
      expect(await evidence({ to: new Date(NOON + 1).toISOString(), status: ['new'] })).toEqual(['b1.0', 'b1.2']);
      expect(await evidence({ classification: ['malicious'] })).toEqual([]);
      expect(await evidence({ incident_id: ['none'] })).toEqual([]);
    });

    it("never shows another tenant's alerts", async () => {
      await raise('b1', [detection(0)]);
      const [alert] = await store.list(ACME, NEWEST);
      expect(await store.list(GLOBEX, NEWEST)).toEqual([]);
      expect(await store.find(GLOBEX, alert?.alert_id ?? '')).toBeUndefined();
      expect(await store.find(ACME, alert?.alert_id ?? '')).toEqual(alert);
    });
  });

  it('tells what bears on a verdict: repetitions and tactics of the 24 hours before', async () => {
    await raise('b1', [
      detection(0, { minutes: -25 * 60 }),
      detection(1, { minutes: -23 * 60, tactics: ['execution', 'persistence'] }),
      detection(2, { minutes: -5, tactics: ['initial_access'], rule: { ...detection(0).rule, id: 'rule-2' } }),
      detection(3, { minutes: -1, entities: [{ type: 'host', value: 'elsewhere' }], tactics: ['impact'] }),
      detection(4),
      detection(5, { minutes: 5, tactics: ['exfiltration'] }),
    ]);
    const alert = (await store.list(ACME, NEWEST)).find((each) => each.evidence[0] === 'b1.4');
    expect(alert && (await store.contextsOf(ACME, [alert]))).toEqual([
      { repetitions: 1, prior_tactics: ['initial-access', 'persistence'] },
    ]);
  });

  it('changes an alert of the version read, and no other', async () => {
    await raise('b1', [detection(0)]);
    const [alert] = await store.list(ACME, NEWEST);
    if (!alert) throw new Error('not raised');
    const changed = await store.update(ACME, alert, { status: 'closed', assignee: 'ana' }, SYSTEM_STAMP);
    expect(changed).toMatchObject({ status: 'closed', assignee: 'ana', version: 2 });
    expect(await store.update(ACME, alert, { status: 'triaged' }, SYSTEM_STAMP)).toBeUndefined();
    expect(await rows('audit_log')).toMatchObject([{ action: 'alerts.raised' }, { action: 'alert.updated', target_id: alert.alert_id }]);
  });

  it('keeps the last word of each analyst, and takes the same word once', async () => {
    const feedback = {
      feedback_id: 'f1',
      alert_id: 'a1',
      rule_id: 'rule-1',
      verdict: 'false_positive' as const,
      comments: '',
      analyst: 'ana',
      at: new Date(NOON).toISOString(),
      correlation_id: 'req-1',
    };
    expect(await store.keepFeedback(ACME, feedback, SYSTEM_STAMP)).toEqual(feedback);
    expect(await store.keepFeedback(ACME, { ...feedback, feedback_id: 'f2' }, SYSTEM_STAMP)).toEqual(feedback);
    const changed = { ...feedback, feedback_id: 'f3', verdict: 'true_positive' as const };
    expect(await store.keepFeedback(ACME, changed, SYSTEM_STAMP)).toEqual(changed);
    expect(await rows('alert_feedback')).toMatchObject([{ feedback_id: 'f3' }]);
    expect(await rows('work_item')).toMatchObject([{ kind: 'learn', key: 'f1' }, { key: 'f3' }]);
    expect(await rows('audit_log')).toHaveLength(2);
  });
}
