import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { digestOf } from '../../src/cra/action-digest.js';
import { SqliteActionStore } from '../../src/cra/adapters/sqlite-action-store.js';
import { newRecord, type ActionRecord, type NewAction } from '../../src/cra/domain/action-record.js';
import type { ActionStore, Change } from '../../src/cra/domain/action-store.js';
import { advance, amended } from '../../src/cra/domain/advance.js';
import { auditOf } from '../../src/cra/domain/audit-entries.js';
import { executeWork } from '../../src/cra/domain/containment-work.js';
import type { AuditTables } from '../../src/platform/audit/audit-tables.js';
import type { WorkTables } from '../../src/platform/work-queue/work-tables.js';
import { ACME, GLOBEX } from '../support/containment-rig.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { openIn, openSqlite, type OpenedStores } from '../support/store-engines.js';

const NOW = Date.parse('2026-11-21T10:00:00.000Z');
const AT = new Date(NOW).toISOString();
const NEWEST = { by: 'created_at', descending: true } as const;

/** A store under test, and how it is looked into from outside. */
interface StoreUnderTest {
  readonly store: ActionStore;
  auditAndWork(): Promise<{ audit: number; work: number }>;
  /** Makes every audit record fail, as a full disk does. */
  breakAudit(): Promise<void>;
  dispose(): Promise<void>;
}

/** @param breakLog makes every insert into the audit log fail. */
async function actionsIn(stores: OpenedStores, breakLog: () => Promise<unknown>): Promise<StoreUnderTest> {
  const db = await stores.tenants.of<AuditTables & WorkTables>(ACME);
  return {
    store: new SqliteActionStore(stores.tenants),
    async auditAndWork() {
      const audit = await db.selectFrom('audit_log').select('idx').execute();
      const work = await db.selectFrom('work_item').select('key').execute();
      return { audit: audit.length, work: work.length };
    },
    breakAudit: async () => void (await breakLog()),
    dispose: () => stores.close(),
  };
}

const record = (change: Partial<NewAction> = {}): ActionRecord =>
  newRecord(
    {
      tenant: ACME,
      action_id: uuidv7(),
      incident_id: 'incident-1',
      kind: 'block_ip',
      target: { type: 'ip', value: '203.0.113.9' },
      risk: 'medium',
      reason: 'It was there.',
      requested_by: 'ann',
      playbook: null,
      correlation_id: 'req-1',
      approval: { approval_id: crypto.randomUUID(), expires_at: new Date(NOW + 1_000).toISOString(), needed: 2 },
      at: AT,
      ...change,
    },
    digestOf,
  );
const changeTo = (next: ActionRecord): Change => ({ record: next, audit: [auditOf(next, 'pending')], work: [executeWork(next)] });

describe('the action store, in SQLite', () =>
  contract(async () => {
    const stores = await openSqlite();
    const db = await stores.tenants.of(ACME);
    return actionsIn(stores, () =>
      sql`CREATE TRIGGER audit_log_full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'disk full'); END`.execute(db),
    );
  }));
describeWithPostgres('the action store, in PostgreSQL', (server) =>
  contract(async () => {
    const database = await server().database();
    const stores = await openIn(server(), database);
    return actionsIn(stores, () =>
      server().ask('ALTER TABLE gatra_tenants.audit_log ADD CONSTRAINT "disk full" CHECK (idx < 0) NOT VALID', database),
    );
  }),
);

function contract(make: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  beforeEach(async () => {
    under = await make();
  });
  afterEach(() => under.dispose());

  const add = async (...records: ActionRecord[]): Promise<void> => {
    for (const one of records)
      await under.store.add(one.tenant_id, { incident_id: one.incident_id, alsoOn: [] }, NOW, () => [changeTo(one)]);
  };

  it('gives back what was added, by action and by approval, with its audit records and work', async () => {
    const one = record();
    await add(one);
    expect(await under.store.find(ACME, one.action_id)).toEqual(one);
    expect(await under.store.findByApproval(ACME, one.approval_id ?? '')).toEqual(one);
    expect(await under.auditAndWork()).toEqual({ audit: 1, work: 1 });
  });

  it('shows a tenant nothing of another', async () => {
    const one = record();
    await add(one);
    expect(await under.store.find(GLOBEX, one.action_id)).toBeUndefined();
    expect(await under.store.findByApproval(GLOBEX, one.approval_id ?? '')).toBeUndefined();
    expect(await under.store.list(GLOBEX, { limit: 10, sort: NEWEST })).toEqual([]);
    expect(await under.store.change(GLOBEX, one.action_id, NOW, (found) => changeTo(found))).toBeUndefined();
  });

  it('lets whoever adds see what the incident has, oldest first, one after the other', async () => {
    await add(record({ incident_id: 'incident-2' }));
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        let before = -1;
        await under.store.add(ACME, { incident_id: 'incident-1', alsoOn: [] }, NOW, (existing) => {
          before = existing.length;
          expect(existing.map(({ action_id: id }) => id)).toEqual(existing.map(({ action_id: id }) => id).sort());
          return [changeTo(record({ target: { type: 'ip', value: `203.0.113.${i}` } }))];
        });
        return before;
      }),
    );
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('lets whoever adds see the live actions of other incidents on the targets named, and no others', async () => {
    const [live, over] = [record({ incident_id: 'incident-2' }), record({ incident_id: 'incident-3' })];
    await add(live, over, record(), record({ incident_id: 'incident-2', target: { type: 'ip', value: '198.51.100.7' } }));
    await under.store.change(ACME, over.action_id, NOW, (found) => changeTo(advance(found, 'reject', AT)));
    await under.store.add(ACME, { incident_id: 'incident-1', alsoOn: ['203.0.113.9', '192.0.2.1'] }, NOW, (here, elsewhere) => {
      expect(here).toHaveLength(1);
      expect(elsewhere).toEqual([live]);
      return [];
    });
  });

  it('has at most one live action of a kind on a target in an incident', async () => {
    const first = record();
    await add(first);
    await expect(add(record())).rejects.toThrow();
    await under.store.change(ACME, first.action_id, NOW, (found) => changeTo(advance(found, 'reject', AT)));
    await add(record());
  });

  it('changes an action for one at a time', async () => {
    const one = record();
    await add(one);
    const approved = await Promise.all(
      Array.from({ length: 50 }, async () => {
        let won = false;
        await under.store.change(ACME, one.action_id, NOW, (found) => {
          won = found.status === 'pending_approval';
          return won ? changeTo(advance(found, 'approve', AT)) : undefined;
        });
        return won;
      }),
    );
    expect(approved.filter(Boolean)).toHaveLength(1);
    expect(await under.store.find(ACME, one.action_id)).toMatchObject({ status: 'approved', version: 2 });
  });

  it('keeps every member of a record', async () => {
    const one = record();
    await add(one);
    const decision = { by: 'bob', at: AT, comments: 'Überprüft \u{1F50D}' };
    const approvals = [{ approver: 'bob', at: AT, comments: decision.comments }];
    await under.store.change(ACME, one.action_id, NOW, (found) => changeTo(advance(found, 'approve', AT, { decision, approvals })));
    await under.store.change(ACME, one.action_id, NOW, (found) => changeTo(amended(found, AT, { lease_until: AT })));
    const expected = { ...one, status: 'approved', decision, approvals, lease_until: AT, version: 3 };
    expect(await under.store.find(ACME, one.action_id)).toEqual(expected);
  });

  it('trap.P09-no-audit-no-action: no record, no change', async () => {
    const one = record();
    await add(one);
    await under.breakAudit();
    await expect(add(record({ incident_id: 'incident-2' }))).rejects.toThrow('disk full');
    await expect(under.store.change(ACME, one.action_id, NOW, (found) => changeTo(advance(found, 'approve', AT)))).rejects.toThrow(
      'disk full',
    );
    expect(await under.store.list(ACME, { limit: 10, sort: NEWEST })).toEqual([one]);
    expect(await under.auditAndWork()).toEqual({ audit: 1, work: 1 });
  });

  it('what a decision throws undoes it', async () => {
    const one = record();
    await add(one);
    const refuse = (): never => {
      throw new RangeError('no');
    };
    await expect(under.store.change(ACME, one.action_id, NOW, refuse)).rejects.toThrow(RangeError);
    await expect(under.store.add(ACME, { incident_id: 'incident-1', alsoOn: [] }, NOW, refuse)).rejects.toThrow(RangeError);
    expect(await under.store.list(ACME, { limit: 10, sort: NEWEST })).toEqual([one]);
  });

  it('lists by every filter, in either order, after a position', async () => {
    const records = [
      record(),
      record({ kind: 'notify', target: { type: 'incident', value: 'incident-1' }, approval: null }),
      record({ incident_id: 'incident-2' }),
    ];
    await add(...records);
    const [first, second, third] = records.map(({ action_id: id }) => id);
    const ids = async (query: Partial<Parameters<ActionStore['list']>[1]>): Promise<string[]> =>
      (await under.store.list(ACME, { limit: 10, sort: NEWEST, ...query })).map(({ action_id: id }) => id);
    expect(await ids({})).toEqual([third, second, first]);
    expect(await ids({ limit: 1 })).toEqual([third]);
    expect(await ids({ after: [AT, third ?? ''] })).toEqual([second, first]);
    expect(await ids({ sort: { by: 'created_at', descending: false }, after: [AT, first ?? ''] })).toEqual([second, third]);
    expect(await ids({ kind: ['notify'] })).toEqual([second]);
    expect(await ids({ status: ['pending_approval'] })).toEqual([third, first]);
    expect(await ids({ status: ['planned', 'executed'] })).toEqual([second]);
    expect(await ids({ incident_id: ['incident-2', 'incident-3'] })).toEqual([third]);
    expect(await ids({ withApproval: true })).toEqual([third, first]);
  });
}
