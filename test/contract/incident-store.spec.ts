import fc from 'fast-check';
import type { Alert } from '../../src/contracts/alert.js';
import type { Detection } from '../../src/contracts/detection.js';
import type { CaseTables } from '../../src/mssp/cases/adapters/case-tables.js';
import type { Classification, Verdict } from '../../src/contracts/verdict.js';
import { SqliteAlertStore } from '../../src/mssp/cases/adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from '../../src/mssp/cases/adapters/sqlite-incident-store.js';
import type { AlertStore } from '../../src/mssp/cases/domain/alert-store.js';
import { incidentPosition, type IncidentQuery, type IncidentStore } from '../../src/mssp/cases/domain/incident-store.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { describeOnEngines, openSqlite, type Engine, type OpenStores } from '../support/store-engines.js';
import { ACME, batch, casesIn, detection, GLOBEX, NOON, rowsOf, SYSTEM_STAMP } from './alert-store-fixtures.js';

const NEWEST: IncidentQuery = { sort: { by: 'created_at', descending: true }, limit: 50 };

/** How much is asked of an engine: the second is to show that it does the same, not how much it can. */
const ASKED = { sqlite: { alerts: 10_000, runs: 25 }, postgres: { alerts: 1_000, runs: 8 } } as const;

describe('IncidentStore, in clear, in SQLite', () => contract(openSqlite, false, 'sqlite'));
describeOnEngines('IncidentStore, encrypted', (open, engine) => contract(open, true, engine));

function contract(open: OpenStores, sealed: boolean, engine: Engine): void {
  const asked = ASKED[engine];
  let alerts: AlertStore;
  let incidents: IncidentStore;
  let databases: TenantDatabases;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const stores = await open();
    databases = stores.tenants;
    close = () => stores.close();
    const cases = casesIn(databases, sealed);
    alerts = new SqliteAlertStore(cases);
    incidents = new SqliteIncidentStore(cases);
  });

  afterEach(() => close());

  const rows = async (table: keyof CaseTables) => rowsOf(databases, table);

  /** Raises one alert a detection; answers them in the order of their events. */
  const raise = async (detections: readonly Detection[], tenant = ACME): Promise<Alert[]> => {
    await alerts.raise(tenant, { alerts_per_min: 1e9, now: NOON, batch: batch('b'), detections });
    const raised: Alert[] = [];
    const ids = (await (await databases.of<CaseTables>(tenant)).selectFrom('alert').select('alert_id').execute()).map(
      (row) => row.alert_id,
    );
    for (let from = 0; from < ids.length; from += 500) raised.push(...(await alerts.findMany(tenant, ids.slice(from, from + 500))));
    return raised.sort((a, b) => indexOf(a) - indexOf(b));
  };
  const settle = (of: readonly Alert[], classification: Classification | ((alert: Alert) => Classification) = 'suspicious') =>
    incidents.settle(
      ACME,
      of.map((alert) => ({ alert, verdict: verdict(typeof classification === 'string' ? classification : classification(alert)) })),
      SYSTEM_STAMP,
    );
  const on = (index: number, minutes: number, ...hosts: string[]) =>
    detection(index, { minutes, entities: hosts.map((value) => ({ type: 'host', value })) });

  it('stores verdicts and opens an incident, with its response and audit records', async () => {
    const raised = await raise([on(0, 0, 'ws-1'), on(1, 30, 'ws-1'), on(2, 0, 'ws-2')]);
    expect(await settle(raised)).toHaveLength(3);
    const list = await incidents.list(ACME, NEWEST);
    expect(list.map((incident) => incident.alert_count).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(list.find((incident) => incident.alert_count === 2)).toMatchObject({
      title: 'Execution on ws-1',
      kind: 'execution',
      status: 'open',
      classification: 'suspicious',
      severity: 'high',
      score: 60,
      tactics: ['execution'],
      techniques: ['T1059.001'],
      entities: [{ type: 'host', value: 'ws-1' }],
      first_event_at: '2025-03-01T12:00:00.000Z',
      last_event_at: '2025-03-01T12:30:00.000Z',
      version: 1,
    });
    expect((await alerts.findMany(ACME, [raised[0]?.alert_id ?? '']))[0]).toMatchObject({ status: 'triaged', verdict: { score: 60 } });
    expect((await rows('work_item')).filter((item) => 'kind' in item && item.kind === 'respond')).toHaveLength(2);
    expect((await rows('audit_log')).map((row) => 'action' in row && row.action)).toEqual([
      'alerts.raised',
      'alerts.triaged',
      'incident.opened',
      'incident.opened',
    ]);
  });

  it('leaves alerts alone that were judged before', async () => {
    const raised = await raise([on(0, 0, 'ws-1')]);
    await settle(raised);
    const before = await incidents.list(ACME, NEWEST);
    expect(await settle(raised, 'critical')).toEqual([]);
    expect(await incidents.list(ACME, NEWEST)).toEqual(before);
  });

  it('lets low risk join but not open, and leaves benign out', async () => {
    const raised = await raise([on(0, 0, 'ws-1'), on(1, 1, 'ws-1'), on(2, 2, 'ws-1')]);
    await settle(raised.slice(0, 2), (alert) => (indexOf(alert) === 0 ? 'low_risk' : 'benign'));
    expect(await incidents.list(ACME, NEWEST)).toEqual([]);
    await settle(raised.slice(2));
    const [incident] = await incidents.list(ACME, NEWEST);
    expect(incident?.alert_count).toBe(2);
    const grouped = await alerts.list(ACME, { sort: { by: 'event_time', descending: false }, limit: 10 });
    expect(grouped.map((alert) => alert.incident_id)).toEqual([incident?.incident_id, null, incident?.incident_id]);
  });

  it('merges two incidents that an alert bridges: the one that began first survives', async () => {
    const raised = await raise([on(0, 0, 'ws-1'), on(1, 5, 'ws-2'), on(2, 10, 'ws-1', 'ws-2')]);
    await settle(raised.slice(0, 2));
    const [survivor, loser] = (await incidents.list(ACME, NEWEST)).toSorted((a, b) => (a.first_event_at < b.first_event_at ? -1 : 1));
    await settle(raised.slice(2));
    expect(await incidents.list(ACME, NEWEST)).toMatchObject([{ incident_id: survivor?.incident_id, alert_count: 3 }]);
    expect(await incidents.find(ACME, loser?.incident_id ?? '')).toMatchObject({
      status: 'merged',
      merged_into: survivor?.incident_id,
      alert_count: 0,
    });
    expect(await incidents.mergedInto(ACME, survivor?.incident_id ?? '')).toEqual([loser?.incident_id]);
    const moved = await alerts.list(ACME, {
      sort: { by: 'event_time', descending: false },
      limit: 10,
      incident_id: [survivor?.incident_id ?? ''],
    });
    expect(moved).toHaveLength(3);
  });

  it('gives the same incidents in any order, as one batch or many', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            minutes: fc.integer({ min: 0, max: 1_500 }),
            hosts: fc.uniqueArray(fc.constantFrom('a1', 'b1', 'c1', 'd1', 'e1'), { minLength: 1, maxLength: 2 }),
            classification: fc.constantFrom<Classification>('benign', 'low_risk', 'suspicious', 'malicious'),
          }),
          { minLength: 2, maxLength: 25 },
        ),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 10 }),
        async (drafts, random, size) => {
          const outcomes = [];
          for (const order of ['given', 'shuffled'] as const) {
            const stores = await open();
            try {
              databases = stores.tenants;
              const cases = casesIn(databases, sealed);
              alerts = new SqliteAlertStore(cases);
              incidents = new SqliteIncidentStore(cases);
              let raised = await raise(drafts.map(({ minutes, hosts }, i) => on(i, minutes, ...hosts)));
              if (order === 'shuffled')
                raised = raised
                  .map((alert) => ({ alert, at: random.next().value }))
                  .sort((a, b) => a.at - b.at)
                  .map(({ alert }) => alert);
              const step = order === 'given' ? raised.length : size;
              for (let from = 0; from < raised.length; from += step) {
                await settle(raised.slice(from, from + step), (alert) => drafts[indexOf(alert)]?.classification ?? 'benign');
              }
              outcomes.push(await partition());
            } finally {
              await stores.close();
            }
          }
          expect(outcomes[1]).toEqual(outcomes[0]);
        },
      ),
      { numRuns: asked.runs },
    );
  });

  /** The incidents as sets of event indexes, with what is said of each. */
  async function partition(): Promise<readonly unknown[]> {
    const all = await alerts.list(ACME, { sort: { by: 'event_time', descending: false }, limit: 500 });
    const groups = Map.groupBy(
      all.filter((alert) => alert.incident_id !== null),
      (alert) => alert.incident_id ?? '',
    );
    const described = [];
    for (const [id, members] of groups) {
      const incident = await incidents.find(ACME, id);
      const { title, classification, severity, alert_count, first_event_at, last_event_at, entities } = incident ?? {};
      const indexes = members.map(indexOf).sort((a, b) => a - b);
      described.push({ indexes, title, classification, severity, alert_count, first_event_at, last_event_at, entities });
    }
    return described.sort((a, b) => (a.indexes[0] ?? 0) - (b.indexes[0] ?? 0));
  }

  it('does not let an account that was seen everywhere before glue everything together', async () => {
    const seen = (index: number, minutes: number, host: string) =>
      detection(index, {
        minutes,
        entities: [
          { type: 'host', value: host },
          { type: 'user', value: 'svc-backup' },
        ],
      });
    const history = Array.from({ length: 12 }, (_, i) => seen(i, -600 + i, `ws-${i}`));
    const raised = await raise([...history, seen(20, 0, 'ws-20'), seen(21, 1, 'ws-21')]);
    await settle(raised.slice(0, 12), 'benign');
    await settle(raised.slice(12));
    expect(await incidents.list(ACME, NEWEST)).toHaveLength(2);
  });

  it('keeps one incident of an account that spreads over many machines at once', async () => {
    const raised = await raise(
      Array.from({ length: 30 }, (_, i) =>
        detection(i, {
          minutes: i,
          entities: [
            { type: 'host', value: `ws-${i}` },
            { type: 'user', value: 'mallory' },
          ],
        }),
      ),
    );
    for (const alert of raised) await settle([alert]);
    expect(await incidents.list(ACME, NEWEST)).toMatchObject([{ alert_count: 30, title: 'Execution on ws-0, ws-1 and 28 more' }]);
  });

  it('opens a new incident after what a person closed, and goes on with what was contained', async () => {
    const raised = await raise([on(0, 0, 'ws-1'), on(1, 10, 'ws-1'), on(2, 20, 'ws-1')]);
    await settle(raised.slice(0, 1));
    const [first] = await incidents.list(ACME, NEWEST);
    const closed = first && (await incidents.update(ACME, first, { status: 'closed' }, SYSTEM_STAMP));
    expect(closed).toMatchObject({ status: 'closed', version: 2 });
    expect(first && (await incidents.update(ACME, first, { status: 'open' }, SYSTEM_STAMP))).toBeUndefined();
    await settle(raised.slice(1, 2));
    const [second] = await incidents.list(ACME, { ...NEWEST, status: ['open'] });
    expect(second).toMatchObject({ alert_count: 1 });
    if (second) await incidents.update(ACME, second, { status: 'contained' }, SYSTEM_STAMP);
    await settle(raised.slice(2));
    expect(await incidents.find(ACME, second?.incident_id ?? '')).toMatchObject({ status: 'open', alert_count: 2 });
    expect((await rows('audit_log')).map((row) => 'action' in row && row.action)).toContain('incident.reopened');
  });

  it('merges what a person merges, once', async () => {
    const raised = await raise([on(0, 0, 'ws-1'), on(1, 0, 'ws-2'), on(2, 60, 'ws-2')]);
    await settle(raised.slice(0, 2));
    const [a, b] = await incidents.list(ACME, NEWEST);
    if (!a || !b) throw new Error('two incidents were expected');
    const merged = await incidents.merge(ACME, a, [b], SYSTEM_STAMP);
    expect(merged).toMatchObject({ incident_id: a.incident_id, alert_count: 2, version: 2 });
    expect(await incidents.merge(ACME, a, [b], SYSTEM_STAMP)).toBeUndefined();
    await settle(raised.slice(2));
    expect(await incidents.find(ACME, a.incident_id)).toMatchObject({ alert_count: 3 });
  });

  it('lists by filters, in pages', async () => {
    const raised = await raise([
      on(0, 0, 'ws-1'),
      detection(1, { techniques: ['T1003.001'], tactics: ['credential-access'], entities: [{ type: 'user', value: 'ana' }] }),
      detection(2, { minutes: 6_000, entities: [{ type: 'ip', value: '203.0.113.9' }], severity: 'low' }),
    ]);
    await settle(raised, (alert) => (indexOf(alert) === 1 ? 'critical' : 'suspicious'));
    const titles = async (filter: Partial<IncidentQuery>) =>
      (await incidents.list(ACME, { ...NEWEST, ...filter })).map((incident) => incident.title).sort((a, b) => a.localeCompare(b));
    expect(await titles({ technique: ['T1003'] })).toEqual(['Credential access on ana']);
    expect(await titles({ tactic: ['execution'] })).toEqual(['Execution on 203.0.113.9', 'Execution on ws-1']);
    expect(await titles({ entity: ['ana', 'host:ws-1'] })).toEqual(['Credential access on ana', 'Execution on ws-1']);
    expect(await titles({ classification: ['critical'], kind: ['credential-access'] })).toEqual(['Credential access on ana']);
    expect(await titles({ severity: ['low'] })).toEqual(['Execution on 203.0.113.9']);
    expect(await titles({ from: new Date(NOON + 1).toISOString() })).toEqual(['Execution on 203.0.113.9']);
    expect(await titles({ to: new Date(NOON + 1).toISOString() })).toEqual(['Credential access on ana', 'Execution on ws-1']);
    expect(await titles({ status: ['merged'] })).toEqual([]);
    for (const by of ['created_at', 'last_event_at', 'severity', 'score'] as const) {
      const sort = { by, descending: true };
      const [first, second] = await incidents.list(ACME, { ...NEWEST, sort, limit: 1 });
      const [next] = first ? await incidents.list(ACME, { ...NEWEST, sort, limit: 1, after: incidentPosition(first, sort) }) : [];
      expect(next).toEqual(second);
    }
    expect(await incidents.list(GLOBEX, NEWEST)).toEqual([]);
  });

  it(`groups ${asked.alerts} alerts over 300 entities, and leaves none alone that opens an incident`, async () => {
    const raised = await raise(
      Array.from({ length: asked.alerts }, (_, i) =>
        detection(i, {
          minutes: (i * 7) % 10_080,
          entities: [
            { type: 'host', value: `ws-${i % 100}` },
            { type: 'user', value: `user-${(i * 31) % 100}` },
            { type: 'ip', value: `10.0.0.${(i * 17) % 100}` },
          ],
        }),
      ),
    );
    const opens = (alert: Alert): boolean => indexOf(alert) % 3 === 0;
    for (let from = 0; from < raised.length; from += 100) {
      await settle(raised.slice(from, from + 100), (alert) => (opens(alert) ? 'suspicious' : 'low_risk'));
    }
    const settled: Alert[] = [];
    for (let from = 0; from < raised.length; from += 500) {
      settled.push(
        ...(await alerts.findMany(
          ACME,
          raised.slice(from, from + 500).map((alert) => alert.alert_id),
        )),
      );
    }
    expect(settled.filter((alert) => opens(alert) && alert.incident_id === null)).toEqual([]);
    const groups = Map.groupBy(settled, (alert) => alert.incident_id);
    groups.delete(null);
    const list = await incidents.list(ACME, { ...NEWEST, limit: asked.alerts });
    expect(new Map(list.map((incident) => [incident.incident_id, incident.alert_count]))).toEqual(
      new Map([...groups].map(([id, members]) => [id, members.length])),
    );
  });
}

function indexOf(alert: Alert): number {
  return Number(alert.evidence[0]?.split('.')[1]);
}

function verdict(classification: Classification): Verdict {
  const score = { benign: 5, low_risk: 30, suspicious: 60, malicious: 80, critical: 95 }[classification];
  return {
    classification,
    score,
    confidence: 0.8,
    reasons: [],
    contributions: [{ name: 'rule_level', points: score, reason: 'level' }],
    counterfactuals: [],
    model_version: 'test',
  };
}
