import type { TenantId } from '../../../../contracts/tenant.js';
import { IngestLocks, type IngestLock } from '../../domain/ingest-locks.js';
import type { EventSessions } from './event-sessions.js';

/** Locks between all processes on a database: turns of the sessions that store the events. */
export class PostgresIngestLocks extends IngestLocks {
  constructor(private readonly sessions: EventSessions) {
    super();
  }

  of(tenant: TenantId): IngestLock {
    return {
      exclusively: (work) => this.sessions.exclusively(tenant, async () => work()),
      close: () => undefined,
    };
  }
}
