import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantId } from '../../contracts/tenant.js';

/** Path of one tenant's directory inside the data directory: named by a hash of its id, so that no id ever reaches a path. */
export function tenantDirectoryPath(dataDir: string, tenant: TenantId): string {
  return join(dataDir, 'tenants', createHash('sha256').update(tenant).digest('hex').slice(0, 32));
}

/** The same directory, made when missing. */
export function tenantDirectory(dataDir: string, tenant: TenantId): string {
  const directory = tenantDirectoryPath(dataDir, tenant);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
