import { isNativeError } from 'node:util/types';
import pg from 'pg';
import { DatabaseAway } from '../database-away.js';

/**
 * SQLSTATEs that say that the server cannot answer now, and nothing of what it was asked: connection lost (08), no room or too many connections (53), shut down, starting or
 * cancelled (57), the system's own failures (58), a standby (25006), a lock or another transaction in the way (55P03, 40).
 */
const AWAY = /^(08|40|53|57|58)|^(25006|55P03)$/;
/** What the driver says where the server says nothing. */
const SILENT =
  /^(Connection terminated|timeout exceeded|Query read timeout|Client (has encountered|was closed)|The server does not support SSL)/;

/** The error as it is, or that PostgreSQL cannot be asked at present. */
export function toDatabaseAway(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof DatabaseAway) return error;
  const { code, message } = error as Error & { readonly code?: unknown };
  const isAway = error instanceof pg.DatabaseError ? AWAY.test(String(code)) : isOfTheWay(code) || SILENT.test(message);
  return isAway ? new DatabaseAway('PostgreSQL cannot be asked at present', { cause: error }) : error;
}

/** What the system and TLS say of the way there: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
function isOfTheWay(code: unknown): boolean {
  return typeof code === 'string' && !code.startsWith('ERR_INVALID');
}
