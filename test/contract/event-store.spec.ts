import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppendThread } from '../../src/mssp/ingest/adapters/append-thread.js';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import { TenantCiphers } from '../../src/mssp/ingest/adapters/tenant-ciphers.js';
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
