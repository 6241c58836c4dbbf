import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { WrappedKey } from './key-encryption.js';

/** A tenant's key as it is stored. */
export interface StoredTenantKey extends WrappedKey {
  readonly tenant_id: TenantId;
  /** `data` encrypts, `index` makes search terms unreadable. */
  readonly purpose: 'data' | 'index';
  /** Counted from 1 for each purpose. */
  readonly number: number;
  /** RFC 3339 UTC. */
  readonly created_at: string;
}

/** Where tenants' wrapped keys are kept. Changes and their audit records are stored together. */
export abstract class TenantKeyStore {
  /** A tenant's keys by number; all tenants' where none is named. */
  abstract list(tenant?: TenantId): Promise<readonly StoredTenantKey[]>;

  /** Number of each tenant's newest data key. */
  abstract newest(): Promise<ReadonlyMap<TenantId, number>>;

  /** Adds keys; false, with nothing changed, where one of them is there already. */
  abstract add(keys: readonly StoredTenantKey[], audit: AuditEntry): Promise<boolean>;

  /** Replaces what keys are wrapped with; those removed meanwhile stay removed. */
  abstract rewrap(keys: readonly StoredTenantKey[], at: string, audit: AuditEntry): Promise<void>;

  /** Removes a tenant's keys so that nothing of them is left in the file; answers how many there were. */
  abstract destroy(tenant: TenantId): Promise<number>;
}
