import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import { ApiKeyStore, type StoredApiKey } from '../../platform/auth/api-key-store.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { issueApiKey, type KeyRequest } from '../../platform/auth/issue-api-key.js';
import { KeyAuthenticator } from '../../platform/auth/key-authenticator.js';
import { Clock } from '../../platform/clock/clock.js';
import { SECRETS } from '../../platform/config/tokens.js';
import { invalid, notFound } from '../../platform/problems/problem.js';
import type { Secrets } from '../../platform/secrets/secrets.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { refuseDeleting } from './tenants.service.js';
import type { CreateApiKeyBody } from './api-key.dto.js';

/** API keys of tenants. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly authenticator: KeyAuthenticator,
    private readonly directory: TenantDirectory,
    private readonly clock: Clock,
    @Inject(SECRETS) private readonly secrets: Secrets,
  ) {}

  /** Keys of a tenant, newest first; one more than `limit` where there are more. @throws Problem 404 */
  async list(tenant: TenantId, limit: number, before: string | undefined): Promise<readonly StoredApiKey[]> {
    await this.requireTenant(tenant);
    return this.store.list(tenant, { limit: limit + 1, ...(before === undefined ? {} : { before }) });
  }

  /** Makes a key; its text is answered here and nowhere else. @throws Problem 404, 422 */
  async create(
    caller: Caller,
    tenant: TenantId,
    body: CreateApiKeyBody,
  ): Promise<{ readonly text: string; readonly stored: StoredApiKey }> {
    refuseDeleting(await this.requireTenant(tenant));
    const now = this.clock.isoNow();
    const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at).toISOString();
    if (expiresAt !== null && expiresAt <= now) {
      throw invalid([{ pointer: '/expires_at', code: 'in_the_past', detail: 'a time in the future' }]);
    }
    const kind: KeyRequest['kind'] = body.roles.every((role) => role === 'collector') ? 'collector' : 'person';
    const request = {
      tenant,
      principal: body.principal,
      kind,
      roles: body.roles,
      label: body.label ?? '',
      createdBy: caller.principal.subject,
      expiresAt,
    };
    const key = issueApiKey(this.secrets.apiKeyPepper, request, now);
    await this.store.add([key.stored], [entry(caller, 'api_key.created', tenant, key.stored.key_id)]);
    return key;
  }

  /** Revokes a key; tokens that it was exchanged for end with it. @throws Problem 404 */
  async revoke(caller: Caller, tenant: TenantId, keyId: string): Promise<void> {
    const revoked = await this.store.revoke(tenant, keyId, this.clock.isoNow(), entry(caller, 'api_key.revoked', tenant, keyId));
    if (!revoked) throw notFound();
    this.authenticator.forget(keyId);
  }

  private async requireTenant(tenant: TenantId): Promise<Tenant> {
    const found = await this.directory.find(tenant);
    if (!found) throw notFound();
    return found;
  }
}

function entry(caller: Caller, action: string, tenant: TenantId, keyId: string): AuditEntry {
  return {
    ...deedOf(caller),
    action,
    target: { type: 'api_key', id: keyId },
    outcome: 'success',
    details: { tenant_id: tenant },
  };
}
