import { setTimeout as sleep } from 'node:timers/promises';
import { openEventSessions } from '../../src/mssp/ingest/adapters/postgres/open-postgres-events.js';
import { PostgresEventStore } from '../../src/mssp/ingest/adapters/postgres/postgres-event-store.js';
import { PostgresIngestLocks } from '../../src/mssp/ingest/adapters/postgres/postgres-ingest-locks.js';
import { TenantCiphers } from '../../src/mssp/ingest/adapters/tenant-ciphers.js';
import type { IngestLock } from '../../src/mssp/ingest/domain/ingest-locks.js';
import { DatabaseAway } from '../../src/platform/storage/database-away.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { batch, chunk, OTHER, record, TENANT } from './event-store-fixtures.js';

/** A thread of a process: a store, and the locks that go with it. */
interface Process {
  readonly store: PostgresEventStore;
  readonly lock: IngestLock;
}

describeWithPostgres('turns to store events of a tenant', (server) => {
  let database: string;
  let processes: Process[];
  const begin = (): Process => {
    const sessions = openEventSessions(server().url(database, 'gatra_app'));
    const made = { store: new PostgresEventStore(sessions, new TenantCiphers(false)), lock: new PostgresIngestLocks(sessions).of(TENANT) };
    processes.push(made);
    return made;
  };
  const one = () => chunk([batch([record(0, '{}')])]);
  const endSessions = (): Promise<unknown> =>
    server().ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'gatra events'",
      database,
      [database],
    );
  beforeEach(async () => {
    database = await server().database();
    processes = [];
  });
  afterEach(() => Promise.all(processes.map(({ store }) => store.close())));

  it('exclude one another in all processes, and nobody of another tenant', async () => {
    const [first, second] = [begin(), begin()];
    const steps: string[] = [];
    let end: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    let isHeld: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (isHeld = resolve));
    const turn = first.lock.exclusively(async () => {
      isHeld();
      await held;
      await first.store.append(TENANT, one());
      steps.push('first');
    });
    await begun;
    const other = second.lock.exclusively(() => void steps.push('second'));
    const append = second.store.append(TENANT, one()).then(() => steps.push('appended'));
    await second.store.append(OTHER, one());
    await sleep(400);
    expect(steps).toEqual([]);
    end();
    await Promise.all([turn, other, append]);
    expect(steps[0]).toBe('first');
    expect([...steps].sort()).toEqual(['appended', 'first', 'second']);
    expect((await second.store.newest(TENANT))?.sequence).toBe(2);
  });

  it('are lost with their session: what would be stored afterwards is refused, and others go on', async () => {
    const [first, second] = [begin(), begin()];
    await first.store.append(TENANT, one());
    const late = first.lock.exclusively(async () => {
      await endSessions();
      await second.store.append(TENANT, one());
      await first.store.append(TENANT, one());
    });
    await expect(late).rejects.toThrow(DatabaseAway);
    expect((await second.store.newest(TENANT))?.sequence).toBe(2);
    await first.lock.exclusively(() => first.store.append(TENANT, one()));
    expect((await second.store.newest(TENANT))?.sequence).toBe(3);
  });

  it('leave nothing of the tenant on a connection', async () => {
    const { store, lock } = begin();
    await lock.exclusively(() => store.append(TENANT, one()));
    const [row] = await server().ask<{ locks: string }>(
      "SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = $1)",
      database,
      [database],
    );
    expect(row?.locks).toBe('0');
    expect(await store.exists(OTHER)).toBe(false);
  });

  it('are many at once: no more connections are held than there are, and none waits for another of its own', async () => {
    const { store } = begin();
    const tenants = Array.from({ length: 12 }, (_, number) => `tenant-${number}` as typeof TENANT);
    await Promise.all(tenants.flatMap((tenant) => [store.append(tenant, one()), store.append(tenant, one())]));
    const newest = await Promise.all(tenants.map((tenant) => store.newest(tenant)));
    expect(newest.map((position) => position?.sequence)).toEqual(tenants.map(() => 2));
  });

  it('PostgreSQL that ends and begins again is away meanwhile, and served again by the same store', async () => {
    const { store } = begin();
    await store.append(TENANT, one());
    await server().kill();
    await expect(store.append(TENANT, one())).rejects.toThrow(DatabaseAway);
    await expect(store.counts(TENANT, 0, 1)).rejects.toThrow(DatabaseAway);
    await server().begin();
    await store.append(TENANT, one());
    expect((await store.newest(TENANT))?.sequence).toBe(2);
  });
});
