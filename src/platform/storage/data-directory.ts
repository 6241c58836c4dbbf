import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TenantId } from '../../contracts/tenant.js';
import { makeDirectoryDurably } from './write-durably.js';

/** Path of one tenant's directory inside the data directory: named by a hash of its id, so that no id ever reaches a path. */
export function tenantDirectoryPath(dataDir: string, tenant: TenantId): string {
  return join(dataDir, 'tenants', createHash('sha256').update(tenant).digest('hex').slice(0, 32));
}

/** The same directory, made when missing. */
export function tenantDirectory(dataDir: string, tenant: TenantId): string {
  const directory = tenantDirectoryPath(dataDir, tenant);
  makeDirectoryDurably(directory);
  return directory;
}

/** Locks that all tenants share out among them, so that a lock's file tells of no tenant and none is left behind. */
const INGEST_LOCKS = 4_096;

/** Path of the lock that a process holds while it stores events of a tenant. */
export function ingestLockPath(dataDir: string, tenant: TenantId): string {
  const number = createHash('sha256').update(tenant).digest().readUInt32BE() % INGEST_LOCKS;
  return join(dataDir, 'locks', `ingest-${number}.lock`);
}
