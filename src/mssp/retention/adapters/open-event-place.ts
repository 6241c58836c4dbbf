import { FileIngestLocks } from '../../ingest/adapters/file-ingest-locks.js';
import { openEventSessions } from '../../ingest/adapters/postgres/open-postgres-events.js';
import { PostgresIngestLocks } from '../../ingest/adapters/postgres/postgres-ingest-locks.js';
import type { IngestLocks } from '../../ingest/domain/ingest-locks.js';
import type { EventMonths } from '../domain/event-months.js';
import { EventMonthFiles } from './event-month-files.js';
import { PostgresEventMonths } from './postgres-event-months.js';

/** Where events are, for whoever removes them whole months at a time or sees to it that nobody does. */
export interface EventPlaceParts {
  readonly months: EventMonths;
  readonly locks: IngestLocks;
  /** Whether events are in tables, which the database's own erasure would remove in one statement. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

/** Opens the place where events are. @param url of PostgreSQL; null where they are in the data directory. */
export function openEventPlace(dataDir: string, url: string | null): EventPlaceParts {
  if (url === null)
    return { months: new EventMonthFiles(dataDir), locks: new FileIngestLocks(dataDir), isShared: false, close: () => Promise.resolve() };
  const sessions = openEventSessions(url);
  return {
    months: new PostgresEventMonths(sessions),
    locks: new PostgresIngestLocks(sessions),
    isShared: true,
    close: () => sessions.close(),
  };
}
