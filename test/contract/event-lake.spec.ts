import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import { MemoryLake } from '../fakes/memory-lake.js';
import { StoreAsLake } from '../support/store-as-lake.js';
import { eventLakeContract } from './event-lake.contract.js';

describe('EventLake: the event store in files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-lake-'));
  const lake = new StoreAsLake(new SqliteEventStore(directory));
  afterAll(async () => {
    await lake.close();
    rmSync(directory, { recursive: true, force: true });
  });

  eventLakeContract(() => lake, { hasPlaces: false, runs: 40 });
});

describe('EventLake: the one in memory that tests use', () => {
  const lake = new MemoryLake();
  eventLakeContract(() => lake, { hasPlaces: true, runs: 10 });
});
