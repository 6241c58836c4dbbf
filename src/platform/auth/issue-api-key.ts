import type { SecretVersion } from '../secrets/secret-ring.js';
import { generateApiKey, hashApiKeySecret } from './api-key.js';
import type { KeyOwner, StoredApiKey } from './api-key-store.js';
import type { Permission, Role } from './permissions.js';

/** What a new key is to be. */
export interface KeyRequest {
  readonly tenant: KeyOwner;
  readonly principal: string;
  readonly kind: 'person' | 'collector' | 'service';
  readonly environment: 'development' | 'production';
  readonly roles: readonly Role[];
  /** All that the roles may, where left out. */
  readonly scopes?: readonly Permission[] | null;
  /** From anywhere, where left out. */
  readonly allowedCidrs?: readonly string[];
  readonly label: string;
  readonly createdBy: string;
  readonly notBefore?: string | null;
  readonly expiresAt: string | null;
}

/** A key that was just made: its text, to be shown once, and what is stored of it. */
export interface IssuedKey {
  readonly text: string;
  readonly stored: StoredApiKey;
}

/** Makes a key. Its prefix says what it is: a program's (`svc`), or which environment it is for. */
export function issueApiKey(pepper: SecretVersion, request: KeyRequest, now: string): IssuedKey {
  const ofEnvironment = request.environment === 'production' ? 'live' : 'test';
  const key = generateApiKey(request.kind === 'service' ? 'svc' : ofEnvironment);
  return {
    text: key.text,
    stored: {
      key_id: key.keyId,
      tenant_id: request.tenant,
      principal: request.principal,
      kind: request.kind,
      type: key.type,
      environment: request.environment,
      roles: request.roles,
      scopes: request.scopes ?? null,
      allowed_cidrs: request.allowedCidrs ?? [],
      hash: hashApiKeySecret(pepper.bytes, key.secret),
      pepper_version: pepper.version,
      label: request.label,
      created_at: now,
      created_by: request.createdBy,
      not_before: request.notBefore ?? null,
      expires_at: request.expiresAt,
      revoked_at: null,
      replaced_by: null,
      last_used_at: null,
      last_used_from: null,
    },
  };
}
