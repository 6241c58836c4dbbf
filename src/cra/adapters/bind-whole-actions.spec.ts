import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACME } from '../../../test/support/containment-rig.js';
import { auditMigrations } from '../../platform/audit/audit-migrations.js';
import { canonicalJson } from '../../platform/audit/canonical-json.js';
import { SqliteThread } from '../../platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../../platform/storage/sqlite-tenant-databases.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { workMigrations } from '../../platform/work-queue/work-migrations.js';
import { digestOf } from '../action-digest.js';
import type { ActionStatus } from '../../contracts/containment.js';
import type { ContainmentActionRow, ContainmentTables } from './containment-tables.js';
import { craMigrations } from './cra-migrations.js';
import { SqliteActionStore } from './sqlite-action-store.js';

const STATUSES: readonly ActionStatus[] = ['planned', 'pending_approval', 'approved', 'executing', 'executed', 'reverting', 'failed'];

type EarlierRow = Omit<ContainmentActionRow, 'approvals_needed'>;

describe('actions of a store from before digests covered all of an action', () => {
  let directory: string;
  let thread: SqliteThread;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-bind-'));
    thread = new SqliteThread();
  });
  afterEach(async () => {
    await thread.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (steps: typeof craMigrations): TenantDatabases =>
    new SqliteTenantDatabases(thread, directory, { ...auditMigrations, ...workMigrations, ...steps });
  const earlier = Object.fromEntries(Object.entries(craMigrations).filter(([name]) => name < 'cra-0005'));

  /** The digest as it was before. */
  const partDigest = ({ action_id, tenant_id, incident_id, kind, target_type, target_value, risk, requested_by }: EarlierRow): string =>
    createHash('sha256')
      .update(
        canonicalJson({ action_id, tenant_id, incident_id, kind, target: { type: target_type, value: target_value }, risk, requested_by }),
      )
      .digest('hex');

  const row = (number: number, status: ActionStatus): EarlierRow => {
    const isDecided = !['planned', 'pending_approval'].includes(status);
    const one: EarlierRow = {
      action_id: `action-${String(number).padStart(5, '0')}`,
      tenant_id: ACME,
      incident_id: 'incident-1',
      kind: 'block_ip',
      target_type: 'ip',
      target_value: `203.0.113.${number}`,
      risk: 'medium',
      status,
      reason: 'It was there.',
      requested_by: 'ann',
      playbook: null,
      approval_id: status === 'planned' ? null : `approval-${number}`,
      approvals: '[]',
      decision: isDecided ? JSON.stringify({ by: 'bob', at: '2026-11-21T10:00:01.000Z', comments: '' }) : null,
      digest: '',
      expires_at: status === 'planned' ? null : '2026-11-21T11:00:00.000Z',
      lease_until: null,
      result: null,
      created_at: '2026-11-21T10:00:00.000Z',
      updated_at: '2026-11-21T10:00:00.000Z',
      correlation_id: 'req-1',
      version: 1,
      traceparent: null,
    };
    return { ...one, digest: partDigest(one) };
  };

  it('DUR-14 DUR-16 are bound to the whole of them, page after page, but for those that are over and those that had been changed', async () => {
    const before = open(earlier);
    const db = await before.of<ContainmentTables>(ACME);
    const rows = Array.from({ length: 1_100 }, (_, number) => row(number, STATUSES[number % STATUSES.length] ?? 'planned'));
    for (const one of rows)
      await db
        .insertInto('containment_action')
        .values(one as ContainmentActionRow)
        .execute();
    const [changed] = rows;
    await db
      .updateTable('containment_action')
      .set({ target_value: '198.51.100.1' })
      .where('action_id', '=', changed?.action_id ?? '')
      .execute();
    await before.closeAll();

    const databases = open(craMigrations);
    const store = new SqliteActionStore(databases);
    for (const old of rows) {
      const action = await store.find(ACME, old.action_id);
      if (!action) throw new Error('an action is gone');
      const isBound = old !== changed && old.status !== 'failed';
      expect([old.action_id, action.digest === digestOf(action)]).toEqual([old.action_id, isBound]);
      if (!isBound) expect(action.digest).toBe(old.digest);
      expect(action.decision?.digest).toBe(isBound && old.decision !== null ? action.digest : undefined);
      expect(action).toMatchObject({ status: old.status, version: 1 });
    }
    await databases.closeAll();
  });
});
