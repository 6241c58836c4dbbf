import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { ApiKeyType } from './api-key.js';
import type { Permission, Role } from './permissions.js';

/** What is stored of an API key. `tenant_id` is null for keys of the platform itself. Times are RFC 3339 UTC. */
export interface StoredApiKey {
  readonly key_id: string;
  readonly tenant_id: TenantId | null;
  /** Whose key it is; two keys of one person have the same principal. */
  readonly principal: string;
  readonly kind: 'person' | 'collector' | 'service';
  readonly type: ApiKeyType;
  /** Where it was made, and works; null for those made before this was written down. */
  readonly environment: 'development' | 'production' | null;
  readonly roles: readonly Role[];
  /** What it may do of all that its roles may; null for all of it. */
  readonly scopes: readonly Permission[] | null;
  /** Blocks of addresses that it may be used from; anywhere where there are none. */
  readonly allowed_cidrs: readonly string[];
  readonly hash: string;
  /** Version of the pepper in the hash; null for hashes made before this was written down. */
  readonly pepper_version: string | null;
  readonly label: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly not_before: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** Key that it was rotated into. */
  readonly replaced_by: string | null;
  readonly last_used_at: string | null;
  readonly last_used_from: string | null;
}

/** Whose keys are meant: a tenant's, or for null the platform's own. */
export type KeyOwner = TenantId | null;

/** Where API keys are kept. A change, what it revokes and its audit record are stored together or not at all. */
export abstract class ApiKeyStore {
  abstract find(keyId: string): Promise<StoredApiKey | undefined>;

  /** Keys of one owner, newest first. */
  abstract list(owner: KeyOwner, page: { readonly limit: number; readonly before?: string }): Promise<readonly StoredApiKey[]>;

  abstract add(keys: readonly StoredApiKey[], audit: readonly AuditEntry[]): Promise<void>;

  /** Revokes an owner's key; false where the owner has no such key that is still live. */
  abstract revoke(owner: KeyOwner, keyId: string, at: string, audit: AuditEntry): Promise<boolean>;

  /** Revokes all keys of a person and every token issued to them until now. Answers how many keys those were. */
  abstract revokePrincipal(owner: KeyOwner, principal: string, at: string, audit: AuditEntry): Promise<number>;

  /**
   * Adds a key in the place of another, which from then on ends at `endsAt`; false, with nothing changed, where that one is not live any more
   * or has been replaced already.
   */
  abstract rotate(
    replaced: { readonly keyId: string; readonly endsAt: string },
    successor: StoredApiKey,
    audit: readonly AuditEntry[],
  ): Promise<boolean>;

  /** Notes when a key was used and from where; precise to the minute. */
  abstract touch(keyId: string, at: string, from: string): Promise<void>;

  /** Takes over a hash made with another version of the pepper. */
  abstract rehash(keyId: string, hash: string, pepperVersion: string): Promise<void>;
}
