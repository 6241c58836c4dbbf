import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Role } from './permissions.js';

/** What is stored of an API key. `tenant_id` is null for keys of the platform itself. Times are RFC 3339 UTC. */
export interface StoredApiKey {
  readonly key_id: string;
  readonly tenant_id: TenantId | null;
  /** Whose key it is; two keys of one person have the same principal. */
  readonly principal: string;
  readonly kind: 'person' | 'collector';
  readonly roles: readonly Role[];
  readonly hash: string;
  readonly label: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

/** Where API keys are kept. */
export abstract class ApiKeyStore {
  abstract find(keyId: string): Promise<StoredApiKey | undefined>;

  /** Keys of one tenant, newest first. */
  abstract list(tenant: TenantId, page: { readonly limit: number; readonly before?: string }): Promise<readonly StoredApiKey[]>;

  /** Stores keys and their audit records, or neither. */
  abstract add(keys: readonly StoredApiKey[], audit: readonly AuditEntry[]): Promise<void>;

  /** Revokes a tenant's key; false where the tenant has no such key that is still live. */
  abstract revoke(tenant: TenantId, keyId: string, at: string, audit: AuditEntry): Promise<boolean>;

  /** Notes that keys were used; precise to the minute. */
  abstract touch(keyId: string, at: string): Promise<void>;
}
