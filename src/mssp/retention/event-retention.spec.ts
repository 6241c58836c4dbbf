import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../contracts/tenant.js';
import type { AuditEntry, AuditRecord } from '../../platform/audit/audit-record.js';
import { AuditLog, type AuditQuery } from '../../platform/audit/audit-log.js';
import type { LegalHold, Tenant } from '../../platform/tenancy/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { FileIngestLocks } from '../ingest/adapters/file-ingest-locks.js';
import { isCopied, type MonthEnd } from '../lake/domain/copy-progress.js';
import { readClock } from './domain/clock-reading.js';
import { EventMonths, type StoredMonth } from './domain/event-months.js';
import { EventRetention, type RetentionParts } from './event-retention.js';

const TENANT = toTenantId('acme-corp');

const CLOCK = readClock({ believed: null, written: new Map() }, Date.parse('2026-11-22T12:00:00Z'));

class FakeDirectory extends TenantDirectory {
  hold: LegalHold | null = null;
  /** What somebody else has changed and this process has not seen. */
  unseen: LegalHold | null = null;
  override find = async (): Promise<Tenant> =>
    ({ tenant_id: TENANT, status: 'active', retention: { event_months: 3 }, legal_hold: this.hold }) as Tenant;
  override list = async (): Promise<readonly Tenant[]> => [await this.find()];
  override add = async (): Promise<boolean> => false;
  override replace = async (): Promise<boolean> => false;
  override refresh = async (): Promise<void> => void (this.hold = this.unseen ?? this.hold);
}

class FakeMonths extends EventMonths {
  unfinished = new Set<string>();
  constructor(private readonly steps: string[]) {
    super();
  }
  stored = ['2026-01', '2026-02', '2026-11'];
  override list = async (): Promise<readonly string[]> => this.stored;
  override look = async (_tenant: unknown, month: string): Promise<StoredMonth> => ({
    month,
    events: 10,
    bytes: 100,
    last: 7,
    isUnfinished: this.unfinished.has(month),
  });
  override remove = async (_tenant: unknown, month: string): Promise<void> => {
    this.steps.push(`remove ${month}`);
    this.stored = this.stored.filter((stored) => stored !== month);
  };
}

class FakeAudit extends AuditLog {
  readonly entries: AuditEntry[] = [];
  failing = false;
  constructor(private readonly steps: string[]) {
    super();
  }
  override append = async (_log: string, entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]> => {
    if (this.failing) throw new Error('the disk is full');
    this.entries.push(...entries);
    this.steps.push(...entries.map(({ action, target }) => `${action} ${target.id}`));
    return [];
  };
  override list = async (_log: string, { target_id }: AuditQuery): Promise<readonly AuditRecord[]> =>
    this.entries.filter(({ target }) => target.id === target_id) as AuditRecord[];
}

describe('EventRetention', () => {
  let dataDir: string;
  let steps: string[];
  let months: FakeMonths;
  let audit: FakeAudit;
  let directory: FakeDirectory;
  let parts: RetentionParts;
  let retention: EventRetention;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-retention-'));
    steps = [];
    months = new FakeMonths(steps);
    audit = new FakeAudit(steps);
    directory = new FakeDirectory();
    parts = {
      defaultMonths: null,
      locks: new FileIngestLocks(dataDir),
      directory,
      months,
      audit,
      actor: 'test',
    };
    retention = new EventRetention(parts);
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('R47 writes the audit record of a month before it is removed', async () => {
    expect((await retention.retire(TENANT, CLOCK)).map(({ month }) => month)).toEqual(['2026-01', '2026-02']);
    expect(steps).toEqual(['events.retired 2026-01', 'remove 2026-01', 'events.retired 2026-02', 'remove 2026-02']);
    expect(audit.entries[0]?.details).toEqual({ month: '2026-01', events: 10, bytes: 100 });
  });

  it('R47 removes nothing that cannot be recorded', async () => {
    audit.failing = true;
    await expect(retention.retire(TENANT, CLOCK)).rejects.toThrow('the disk is full');
    expect(steps).toEqual([]);
  });

  it('R47 goes on with a removal that was interrupted, and records it once', async () => {
    await audit.append(TENANT, [{ action: 'events.retired', target: { type: 'event_month', id: '2026-01' } } as AuditEntry]);
    expect((await retention.retire(TENANT, CLOCK)).map(({ month }) => month)).toEqual(['2026-02']);
    expect(steps.filter((step) => step.endsWith('2026-01'))).toEqual(['events.retired 2026-01', 'remove 2026-01']);
  });

  it('R47 leaves what is not inspected, or not an alert yet', async () => {
    months.unfinished.add('2026-01');
    expect((await retention.retire(TENANT, CLOCK)).map(({ month }) => month)).toEqual(['2026-02']);
    expect((await retention.plan(await directory.find(), CLOCK)).map(({ month, fate }) => [month, fate])).toEqual([
      ['2026-01', 'unfinished'],
      ['2026-11', 'within_retention'],
    ]);
  });

  it('R47 leaves a month that was added to after copying had left it for a later one', async () => {
    let left = 7;
    const isCopiedUpTo = async (_tenant: unknown, end: MonthEnd): Promise<boolean> => {
      const earlier = [
        { month: '2026-01', sequence: left, record: 0 },
        { month: '2026-02', sequence: 8, record: 0 },
      ];
      const events = { month: '2026-11', sequence: 3, record: 0, batch: null, earlier };
      return isCopied({ events, audit: 0, alerts: null, completeUntil: CLOCK.now }, end);
    };
    retention = new EventRetention({ ...parts, isCopied: isCopiedUpTo });
    expect((await retention.retire(TENANT, CLOCK)).map(({ month }) => month)).toEqual(['2026-02']);
    expect((await retention.plan(await directory.find(), CLOCK)).map(({ month, fate }) => [month, fate])).toEqual([
      ['2026-01', 'uncopied'],
      ['2026-11', 'within_retention'],
    ]);
    left = 8;
    expect((await retention.retire(TENANT, CLOCK)).map(({ month }) => month)).toEqual(['2026-01']);
  });

  it('R47 sees a hold that another process has put on', async () => {
    directory.unseen = { reason: 'a case', since: '', by: 'admin' };
    expect(await retention.retire(TENANT, CLOCK)).toEqual([]);
    expect(steps).toEqual([]);
  });
});
