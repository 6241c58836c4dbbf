import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppendThread } from '../../src/mssp/ingest/adapters/append-thread.js';
import { openPostgresEvents } from '../../src/mssp/ingest/adapters/postgres/open-postgres-events.js';
import type { PostgresEventStore } from '../../src/mssp/ingest/adapters/postgres/postgres-event-store.js';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import { TenantCiphers } from '../../src/mssp/ingest/adapters/tenant-ciphers.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { openIn, type OpenedStores } from '../support/store-engines.js';
import { describeEventStore, type StoreUnderTest } from './event-store.contract.js';
import { OTHER, TENANT } from './event-store-fixtures.js';

function underTest(makeStore: (dataDir: string) => SqliteEventStore): () => Promise<StoreUnderTest> {
  return async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-events-'));
    let store = makeStore(dataDir);
    return {
      store,
      async reopen() {
        await store.close();
        store = makeStore(dataDir);
        return store;
      },
      async dispose() {
        await store.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  };
}

describeEventStore(
  'SQLite',
  underTest((dataDir) => new SqliteEventStore(dataDir)),
);

const keys = new Map([TENANT, OTHER].map((tenant) => [tenant, { data: [{ number: 1, key: randomBytes(32) }], index: randomBytes(32) }]));

function ciphers(): TenantCiphers {
  const opened = new TenantCiphers(true);
  for (const [tenant, set] of keys) opened.open(tenant, set);
  return opened;
}

describeEventStore(
  'SQLite, encrypted',
  underTest((dataDir) => new SqliteEventStore(dataDir, ciphers())),
);

describeEventStore(
  'SQLite, encrypted, every chunk stored by the thread for large ones',
  underTest((dataDir) => new SqliteEventStore(dataDir, ciphers(), { appends: new AppendThread(dataDir, undefined, 0) })),
);

describeWithPostgres('events in PostgreSQL', (server) => {
  let database: string;
  let stores: OpenedStores;
  beforeAll(async () => {
    database = await server().database();
    stores = await openIn(server(), database);
  });
  afterAll(() => stores.close());

  const onPostgres =
    (ciphersOf: () => TenantCiphers): (() => Promise<StoreUnderTest>) =>
    async () => {
      const open = (): PostgresEventStore => openPostgresEvents(server().url(database, 'gatra_app'), ciphersOf());
      let store = open();
      return {
        store,
        async reopen() {
          await store.close();
          store = open();
          return store;
        },
        async dispose() {
          for (const tenant of [TENANT, OTHER]) await stores.tenants.erase(tenant);
          for (const tenant of [TENANT, OTHER]) await store.release(tenant);
          const kept = await Promise.all([TENANT, OTHER].map((tenant) => store.exists(tenant)));
          await store.close();
          expect(kept).toEqual([false, false]);
        },
      };
    };
  describeEventStore(
    'PostgreSQL',
    onPostgres(() => new TenantCiphers(false)),
  );
  describeEventStore('PostgreSQL, encrypted', onPostgres(ciphers));
});
