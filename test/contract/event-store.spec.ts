import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import { describeEventStore } from './event-store.contract.js';

describeEventStore('SQLite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-events-'));
  let store = new SqliteEventStore(dataDir);
  return {
    store,
    async reopen() {
      await store.close();
      store = new SqliteEventStore(dataDir);
      return store;
    },
    async dispose() {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
});
