import type { TenantId } from '../../contracts/tenant.js';
import { generateApiKey, hashApiKeySecret } from './api-key.js';
import type { StoredApiKey } from './api-key-store.js';
import type { Role } from './permissions.js';

/** What a new key is to be. */
export interface KeyRequest {
  readonly tenant: TenantId | null;
  readonly principal: string;
  readonly kind: 'person' | 'collector';
  readonly roles: readonly Role[];
  readonly label: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
}

/** Makes a key: its text, to be shown once, and what is stored of it. */
export function issueApiKey(pepper: Buffer, request: KeyRequest, now: string): { readonly text: string; readonly stored: StoredApiKey } {
  const key = generateApiKey();
  return {
    text: key.text,
    stored: {
      key_id: key.keyId,
      tenant_id: request.tenant,
      principal: request.principal,
      kind: request.kind,
      roles: request.roles,
      hash: hashApiKeySecret(pepper, key.secret),
      label: request.label,
      created_at: now,
      created_by: request.createdBy,
      expires_at: request.expiresAt,
      revoked_at: null,
      last_used_at: null,
    },
  };
}
