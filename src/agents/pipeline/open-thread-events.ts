import { AppendThread } from '../../mssp/ingest/adapters/append-thread.js';
import { FileIngestLocks } from '../../mssp/ingest/adapters/file-ingest-locks.js';
import { openEventSessions } from '../../mssp/ingest/adapters/postgres/open-postgres-events.js';
import { PostgresEventStore } from '../../mssp/ingest/adapters/postgres/postgres-event-store.js';
import { PostgresIngestLocks } from '../../mssp/ingest/adapters/postgres/postgres-ingest-locks.js';
import { SqliteEventStore } from '../../mssp/ingest/adapters/sqlite-event-store.js';
import type { TenantCiphers } from '../../mssp/ingest/adapters/tenant-ciphers.js';
import type { DamageListener } from '../../mssp/ingest/domain/event-damage.js';
import type { EventStore } from '../../mssp/ingest/domain/event-store.js';
import type { IngestLocks } from '../../mssp/ingest/domain/ingest-locks.js';
import type { ThreadSetup } from './pipeline-setup.js';

/** Where a thread stores events, and what excludes the other processes meanwhile. */
export interface ThreadEvents {
  readonly store: EventStore;
  readonly locks: IngestLocks;
}

/** Opens the events of a thread where they are. */
export function openThreadEvents(
  { dataDir, eventsUrl }: Pick<ThreadSetup, 'dataDir' | 'eventsUrl'>,
  ciphers: TenantCiphers,
  onDamage: DamageListener,
): ThreadEvents {
  if (eventsUrl === null) {
    const appends = new AppendThread(dataDir, onDamage);
    return { store: new SqliteEventStore(dataDir, ciphers, { appends, onDamage }), locks: new FileIngestLocks(dataDir) };
  }
  const sessions = openEventSessions(eventsUrl);
  return { store: new PostgresEventStore(sessions, ciphers), locks: new PostgresIngestLocks(sessions) };
}
