import type { TenantId } from '../../contracts/tenant.js';
import type { IngestLocks } from '../ingest/domain/ingest-locks.js';

/**
 * Runs `work` while no process stores or removes events of a tenant: who has put on a legal hold, and has been here, knows that nothing is removed any more.
 * @throws where the lock is not to be had in half a minute.
 */
export async function aloneWith<T>(locks: IngestLocks, tenant: TenantId, work: () => T | Promise<T>): Promise<T> {
  const lock = locks.of(tenant);
  try {
    return await lock.exclusively(work);
  } finally {
    lock.close();
  }
}
