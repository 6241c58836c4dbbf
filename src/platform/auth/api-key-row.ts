import type { Selectable } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import type { StoredApiKey } from './api-key-store.js';
import type { Permission, Role } from './permissions.js';

/** Row of `api_key`. */
export interface ApiKeyTable {
  key_id: string;
  tenant_id: string | null;
  principal: string;
  kind: string;
  type: string;
  environment: string | null;
  roles: string;
  scopes: string | null;
  allowed_cidrs: string;
  hash: string;
  pepper_version: string | null;
  label: string;
  created_at: string;
  created_by: string;
  not_before: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  replaced_by: string | null;
  last_used_at: string | null;
  last_used_from: string | null;
}

/** A key as it is stored. */
export function toRow(key: StoredApiKey): ApiKeyTable {
  const { roles, scopes, allowed_cidrs: cidrs, ...rest } = key;
  return {
    ...rest,
    roles: JSON.stringify(roles),
    scopes: scopes && JSON.stringify(scopes),
    allowed_cidrs: JSON.stringify(cidrs),
  };
}

/** A stored key as it is. */
export function toKey(row: Selectable<ApiKeyTable>): StoredApiKey {
  return {
    ...row,
    tenant_id: row.tenant_id as TenantId | null,
    kind: row.kind as StoredApiKey['kind'],
    type: row.type as StoredApiKey['type'],
    environment: row.environment as StoredApiKey['environment'],
    roles: JSON.parse(row.roles) as Role[],
    scopes: row.scopes === null ? null : (JSON.parse(row.scopes) as Permission[]),
    allowed_cidrs: JSON.parse(row.allowed_cidrs) as string[],
  };
}
