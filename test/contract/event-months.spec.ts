import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventSessions } from '../../src/mssp/ingest/adapters/postgres/open-postgres-events.js';
import { PostgresEventStore } from '../../src/mssp/ingest/adapters/postgres/postgres-event-store.js';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import { TenantCiphers } from '../../src/mssp/ingest/adapters/tenant-ciphers.js';
import type { EventStore } from '../../src/mssp/ingest/domain/event-store.js';
import { EventMonthFiles } from '../../src/mssp/retention/adapters/event-month-files.js';
import { PostgresEventMonths } from '../../src/mssp/retention/adapters/postgres-event-months.js';
import type { EventMonths } from '../../src/mssp/retention/domain/event-months.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { batch, chunk, detection, NOON, OTHER, record, TENANT, windowsIdentity } from './event-store-fixtures.js';

interface Months {
  readonly store: EventStore;
  readonly months: EventMonths;
  close(): Promise<void>;
}

const FEBRUARY = NOON - 20 * 86_400_000;

function describeMonths(open: () => Promise<Months>): void {
  let under: Months;
  beforeEach(async () => {
    under = await open();
  });
  afterEach(() => under.close());

  const append = (received_at: number, number: number, more: Parameters<typeof batch>[1] = {}): Promise<void> =>
    under.store.append(TENANT, chunk([batch([record(0, '{}', { identity: windowsIdentity(number) })], { received_at, ...more })]));

  it('are told with what is in them, and removed whole and alone', async () => {
    const { store, months } = under;
    expect(await months.list(TENANT)).toEqual([]);
    await append(FEBRUARY, 1);
    await append(NOON, 2);
    await store.append(OTHER, chunk([batch([record(0, '{}')], { received_at: FEBRUARY })]));
    expect(await months.list(TENANT)).toEqual(['2026-02', '2026-03']);
    expect(await months.look(TENANT, '2026-02')).toEqual({
      month: '2026-02',
      events: 1,
      bytes: expect.any(Number),
      isUnfinished: false,
      last: 1,
    });
    await store.release(TENANT);
    await months.remove(TENANT, '2026-02');
    await months.remove(TENANT, '2026-02');
    expect(await months.list(TENANT)).toEqual(['2026-03']);
    expect(await months.list(OTHER)).toEqual(['2026-02']);
    expect(await store.duplicatesAmong(TENANT, [windowsIdentity(1), windowsIdentity(2)], NOON)).toEqual([false, true]);
    expect((await store.counts(TENANT, 0, NOON * 2)).reduce((sum, { stored }) => sum + stored, 0)).toBe(1);
  });

  it.each([
    ['is not inspected', { inspected: false }],
    ['has detections that are not alerts yet', { detections: [detection(0)] }],
    ['has events that are not dead letters yet', { poison: [{ index: 0, reason: 'cannot', attempts: 3 }] }],
  ])('are unfinished where something %s', async (_, more) => {
    await append(FEBRUARY, 1, more);
    await append(NOON, 2);
    expect((await under.months.look(TENANT, '2026-02')).isUnfinished).toBe(true);
    expect((await under.months.look(TENANT, '2026-03')).isUnfinished).toBe(false);
  });
}

describe('months of events in files', () =>
  describeMonths(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-months-'));
    const store = new SqliteEventStore(dataDir);
    return {
      store,
      months: new EventMonthFiles(dataDir),
      async close() {
        await store.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  }));

describeWithPostgres('months of events in PostgreSQL', (server) =>
  describeMonths(async () => {
    const sessions = openEventSessions(server().url(await server().database(), 'gatra_app'));
    const store = new PostgresEventStore(sessions, new TenantCiphers(false));
    return { store, months: new PostgresEventMonths(sessions), close: () => store.close() };
  }),
);
