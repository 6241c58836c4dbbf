import type { TenantId } from '../../../contracts/tenant.js';

/** What one process at a time holds while it stores events of a tenant, or removes them. */
export abstract class IngestLock {
  /** Runs `work` while nobody else holds the lock. Not to be nested. @throws where it is not to be had in half a minute. */
  abstract exclusively<T>(work: () => T | Promise<T>): Promise<T>;

  /** Lets go of what it holds open; it is opened again where it is used again. */
  abstract close(): void;
}

/** The locks of all tenants; they reach as far as the store of events does. */
export abstract class IngestLocks {
  abstract of(tenant: TenantId): IngestLock;
}
