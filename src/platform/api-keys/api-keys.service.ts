import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import { ApiKeyStore, type KeyOwner, type StoredApiKey } from '../auth/api-key-store.js';
import type { Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import type { IssuedKey } from '../auth/issue-api-key.js';
import { KeyIssuer } from '../auth/key-issuer.js';
import type { Role } from '../auth/permissions.js';
import { SharedChanges } from '../changes/shared-changes.js';
import { Clock } from '../clock/clock.js';
import { invalid, notFound, Problem } from '../problems/problem.js';
import type { CreatePlatformKeyBody, RevokedPrincipalDto } from './api-key.dto.js';
import { keyLifetime, rotatedEnd, successorEnd } from './key-lifetime.js';
import { effectiveScopes, isWithin, scopeFaults } from './key-scopes.js';

/** API keys of tenants, and for the owner null of the platform itself. Callers have made sure that the owner exists and is the asker's to manage. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly issuer: KeyIssuer,
    private readonly audit: AuditLog,
    private readonly changes: SharedChanges,
    private readonly clock: Clock,
  ) {}

  /** Keys, newest first; one more than `limit` where there are more. */
  list(owner: KeyOwner, limit: number, before: string | undefined): Promise<readonly StoredApiKey[]> {
    return this.store.list(owner, { limit: limit + 1, ...(before === undefined ? {} : { before }) });
  }

  /** Makes a key; its text is answered here and nowhere else. @throws Problem 422 */
  async create(caller: Caller, owner: KeyOwner, body: CreatePlatformKeyBody, roles: readonly Role[]): Promise<IssuedKey> {
    const now = this.clock.now();
    const kind = body.kind ?? (roles.every((role) => role === 'collector') ? 'collector' : 'person');
    const faults = scopeFaults({ kind, roles, scopes: body.scopes, askersScopes: caller.principal.scopes ?? null });
    if (faults.length > 0) throw invalid(faults);
    const lifetime = keyLifetime(body, now, this.issuer.maxDays);
    if ('faults' in lifetime) throw invalid(lifetime.faults);
    const request = {
      tenant: owner,
      principal: body.principal,
      kind,
      roles,
      scopes: body.scopes ?? null,
      allowedCidrs: body.allowed_cidrs ?? [],
      label: body.label ?? '',
      createdBy: caller.principal.subject,
      ...lifetime,
    };
    const key = this.issuer.issue(request);
    const audit = entry(caller, 'api_key.created', owner, key.stored.key_id);
    await this.store.add([key.stored], [audit]);
    await this.tell(owner, [audit]);
    return key;
  }

  /** Makes a key like another, which ends after the overlap. @throws Problem 403, 404, 409 */
  async rotate(caller: Caller, owner: KeyOwner, keyId: string, overlapSeconds: number): Promise<IssuedKey> {
    const now = this.clock.now();
    const old = await this.liveKey(owner, keyId, new Date(now).toISOString());
    if (!isWithin(effectiveScopes(old.roles, old.scopes), caller.principal.scopes ?? null)) {
      throw new Problem('forbidden', 'This credential has fewer scopes than the key.', { members: { permission: 'keys:manage' } });
    }
    const request = {
      ...old,
      tenant: owner,
      allowedCidrs: old.allowed_cidrs,
      createdBy: caller.principal.subject,
      notBefore: null,
      expiresAt: successorEnd(old, now, this.issuer.maxDays),
    };
    const key = this.issuer.issue(request);
    const endsAt = rotatedEnd(old, now, overlapSeconds);
    const details = { replaced_by: key.stored.key_id, ends_at: endsAt };
    const audit = [
      entry(caller, 'api_key.rotated', owner, keyId, details),
      entry(caller, 'api_key.created', owner, key.stored.key_id, { replaces: keyId }),
    ];
    const rotated = await this.store.rotate({ keyId, endsAt }, key.stored, audit);
    if (!rotated) throw new Problem('conflict', 'The key has been rotated already; rotate its successor.');
    await this.changes.announce();
    await this.tell(owner, audit);
    return key;
  }

  /** Revokes a key; tokens that it was exchanged for end with it, on every instance. @throws Problem 404 */
  async revoke(caller: Caller, owner: KeyOwner, keyId: string): Promise<void> {
    const audit = entry(caller, 'api_key.revoked', owner, keyId);
    const revoked = await this.store.revoke(owner, keyId, this.clock.isoNow(), audit);
    if (!revoked) throw notFound();
    await this.changes.announce();
    await this.tell(owner, [audit]);
  }

  /** Revokes every key of a person, and every token issued to them until now, on every instance. */
  async revokePrincipal(caller: Caller, owner: KeyOwner, principal: string): Promise<RevokedPrincipalDto> {
    const at = this.clock.isoNow();
    const audit = { ...entry(caller, 'principal.revoked', owner, principal), target: { type: 'principal', id: principal } };
    const keys = await this.store.revokePrincipal(owner, principal, at, audit);
    await this.changes.announce();
    await this.tell(owner, [{ ...audit, details: { ...audit.details, keys_revoked: keys } }]);
    return { principal, revoked_at: at, keys_revoked: keys };
  }

  /** A tenant reads in its own log what was done to its keys; the record that is stored with the change stands in the platform's. */
  private async tell(owner: KeyOwner, audit: readonly AuditEntry[]): Promise<void> {
    if (owner !== null) await this.audit.append(owner, audit);
  }

  private async liveKey(owner: KeyOwner, keyId: string, now: string): Promise<StoredApiKey> {
    const key = await this.store.find(keyId);
    const isLive = key?.tenant_id === owner && key.revoked_at === null && (key.expires_at === null || key.expires_at > now);
    if (!key || !isLive) throw notFound();
    return key;
  }
}

function entry(caller: Caller, action: string, owner: KeyOwner, keyId: string, details: Record<string, unknown> = {}): AuditEntry {
  return {
    ...deedOf(caller),
    action,
    target: { type: 'api_key', id: keyId },
    outcome: 'success',
    details: { ...(owner === null ? {} : { tenant_id: owner }), ...details },
  };
}
