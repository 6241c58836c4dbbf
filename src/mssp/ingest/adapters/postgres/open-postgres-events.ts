import { NOBODY_LISTENS, PostgresPool, type PoolListener } from '../../../../platform/storage/postgres/postgres-pool.js';
import type { TenantCiphers } from '../tenant-ciphers.js';
import { EventSessions } from './event-sessions.js';
import { PostgresEventStore } from './postgres-event-store.js';

/** Connections of one thread; a turn holds one. */
const MOST_CONNECTIONS = 4;

/** Connections to the events, of a thread or a command. @param url of a role that row-level security binds; the tables are made. */
export function openEventSessions(url: string, listener: PoolListener = NOBODY_LISTENS): EventSessions {
  return new EventSessions(new PostgresPool('events', url, MOST_CONNECTIONS, listener, true));
}

/** Opens the events, with connections of their own. */
export function openPostgresEvents(url: string, ciphers: TenantCiphers): PostgresEventStore {
  return new PostgresEventStore(openEventSessions(url), ciphers);
}
