import type { TenantId } from '../../../contracts/tenant.js';
import { ingestLockPath } from '../../../platform/storage/data-directory.js';
import { ProcessLock } from '../../../platform/storage/process-lock.js';
import { IngestLocks, type IngestLock } from '../domain/ingest-locks.js';

/** Locks between the processes that share a data directory. */
export class FileIngestLocks extends IngestLocks {
  constructor(private readonly dataDir: string) {
    super();
  }

  of(tenant: TenantId): IngestLock {
    return new ProcessLock(ingestLockPath(this.dataDir, tenant));
  }
}
