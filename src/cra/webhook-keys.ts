import { hkdfSync } from 'node:crypto';
import type { TenantId } from '../contracts/tenant.js';
import type { SecretRing } from '../platform/secrets/secret-ring.js';

/** The keys that tenants' webhooks are signed with: HKDF-SHA-256 (RFC 5869) of the service key, bound to the tenant. */
export class WebhookKeys {
  constructor(private readonly serviceKey: SecretRing) {}

  /** 32 bytes. */
  of(tenant: TenantId): Buffer {
    return Buffer.from(hkdfSync('sha256', this.serviceKey.current.bytes, '', `gatra/webhook/v1/${tenant}`, 32));
  }
}
