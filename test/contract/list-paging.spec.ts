import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { digestOf } from '../../src/cra/action-digest.js';
import { SqliteActionStore } from '../../src/cra/adapters/sqlite-action-store.js';
import { newRecord } from '../../src/cra/domain/action-record.js';
import { SqliteAlertStore } from '../../src/mssp/cases/adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from '../../src/mssp/cases/adapters/sqlite-incident-store.js';
import { alertPosition } from '../../src/mssp/cases/domain/alert-store.js';
import { incidentPosition } from '../../src/mssp/cases/domain/incident-store.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { SqliteAuditLog } from '../../src/platform/audit/sqlite-audit-log.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';
import { ACME, batch, casesIn, detection, NOON, SYSTEM_STAMP } from './alert-store-fixtures.js';

/** A list under test. All of its items have one of two times. */
interface PagedList<Position> {
  /** Adds an item, of the earlier or the later time. */
  add(isLater: boolean): Promise<void>;
  /** Ids and positions of the page after a position; at least `limit` where there are as many. */
  page(descending: boolean, limit: number, after?: Position): Promise<readonly { readonly id: string; readonly position: Position }[]>;
}

describeOnEngines('paging', (open) => {
  const clock = { isoNow: () => new Date(NOON).toISOString() } as Clock;
  let stores: OpenedStores;
  let alerts: SqliteAlertStore;
  let incidents: SqliteIncidentStore;
  let actions: SqliteActionStore;
  let audit: SqliteAuditLog;
  let number = 0;
  beforeAll(async () => {
    stores = await open();
    const cases = casesIn(stores.tenants, true);
    alerts = new SqliteAlertStore(cases);
    incidents = new SqliteIncidentStore(cases);
    actions = new SqliteActionStore(stores.tenants);
    audit = new SqliteAuditLog(stores.tenants, stores.platform, clock);
  });
  afterAll(() => stores.close());

  const raise = async (isLater: boolean): Promise<string> => {
    number += 1;
    const entities = [{ type: 'host' as const, value: `ws-${number}` }];
    const request = { alerts_per_min: 1e9, now: NOON + (isLater ? 1 : 0), batch: batch(`b${number}`) };
    await alerts.raise(ACME, { ...request, detections: [detection(0, { entities })] });
    return `ws-${number}`;
  };

  const alertList: PagedList<readonly [string | number, string]> = {
    add: async (isLater) => void (await raise(isLater)),
    async page(descending, limit, after) {
      const sort = { by: 'created_at', descending } as const;
      const found = await alerts.list(ACME, { sort, limit, ...(after ? { after } : {}) });
      return found.map((alert) => ({ id: alert.alert_id, position: alertPosition(alert, sort) }));
    },
  };
  const incidentList: PagedList<readonly [string | number, string]> = {
    async add(isLater) {
      const [alert] = await alerts.list(ACME, {
        entity: [await raise(isLater)],
        sort: { by: 'created_at', descending: true },
        limit: 1,
      });
      if (!alert) throw new Error('the alert was not raised');
      const verdict = {
        classification: 'suspicious',
        score: 50,
        confidence: 1,
        reasons: [],
        contributions: [],
        counterfactuals: [],
      } as const;
      const judged = [{ alert, verdict: { ...verdict, model_version: 'test' } }];
      await incidents.settle(ACME, judged, { ...SYSTEM_STAMP, now: NOON + (isLater ? 1 : 0) });
    },
    async page(descending, limit, after) {
      const sort = { by: 'created_at', descending } as const;
      const found = await incidents.list(ACME, { sort, limit, ...(after ? { after } : {}) });
      return found.map((incident) => ({ id: incident.incident_id, position: incidentPosition(incident, sort) }));
    },
  };
  const actionList: PagedList<readonly [string, string]> = {
    async add(isLater) {
      number += 1;
      const record = newRecord(
        {
          tenant: ACME,
          action_id: uuidv7(),
          incident_id: `incident-${number}`,
          kind: 'notify',
          target: { type: 'incident', value: `incident-${number}` },
          risk: 'low',
          reason: '',
          requested_by: 'ann',
          playbook: null,
          correlation_id: 'req-1',
          approval: null,
          at: new Date(NOON + (isLater ? 1 : 0)).toISOString(),
        },
        digestOf,
      );
      await actions.add(ACME, { incident_id: record.incident_id, alsoOn: [] }, NOON, () => [{ record, audit: [], work: [] }]);
    },
    async page(descending, limit, after) {
      const found = await actions.list(ACME, { sort: { by: 'created_at', descending }, limit, ...(after ? { after } : {}) });
      return found.map(({ action_id, created_at }) => ({ id: action_id, position: [created_at, action_id] }));
    },
  };
  const auditList: PagedList<number> = {
    async add() {
      const actor = { type: 'system', id: 'test' } as const;
      const target = { type: 'test', id: 'test' };
      await audit.append(ACME, [{ action: 'test.noted', actor, target, outcome: 'success', correlation_id: 'req-1' }]);
    },
    async page(descending, limit, after) {
      const found = await audit.list(ACME, { action: ['test.noted'], descending, limit, ...(after === undefined ? {} : { after }) });
      return found.map(({ index }) => ({ id: String(index), position: index }));
    },
  };

  const visitsAllOnce = async <Position>(list: PagedList<Position>): Promise<void> => {
    const round = fc.record({
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 7 }),
      added: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      between: fc.array(fc.boolean(), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(round, async ({ descending, limit, added, between }) => {
        for (const isLater of added) await list.add(isLater);
        const before = await list.page(descending, 500);
        const arriving = [...between];
        const visited: string[] = [];
        let after: Position | undefined;
        for (;;) {
          const page = (await list.page(descending, limit, after)).slice(0, limit);
          visited.push(...page.map(({ id }) => id));
          const next = arriving.shift();
          if (next !== undefined) await list.add(next);
          if (page.length < limit) break;
          after = page.at(-1)?.position;
        }
        const present = new Set(before.map(({ id }) => id));
        expect(new Set(visited).size).toBe(visited.length);
        expect(visited.filter((id) => present.has(id))).toEqual(before.map(({ id }) => id));
      }),
      { numRuns: 12 },
    );
  };

  it('visits every alert once, in order, while others of the same time come in', () => visitsAllOnce(alertList));
  it('visits every incident once, in order, while others of the same time come in', () => visitsAllOnce(incidentList));
  it('visits every action once, in order, while others of the same time come in', () => visitsAllOnce(actionList));
  it('visits every audit record once, in order, while others come in', () => visitsAllOnce(auditList));
});
