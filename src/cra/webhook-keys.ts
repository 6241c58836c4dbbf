import { hkdfSync } from 'node:crypto';
import type { TenantId } from '../contracts/tenant.js';
import type { SecretRing } from '../platform/secrets/secret-ring.js';

/** The keys that tenants' webhooks are signed with: HKDF-SHA-256 (RFC 5869) of the service key, bound to the tenant; 32 bytes each. */
export class WebhookKeys {
  constructor(private readonly serviceKey: SecretRing) {}

  /** The key that receivers are told. */
  of(tenant: TenantId): Buffer {
    return derive(this.serviceKey.current.bytes, tenant);
  }

  /** Every key that a receiver may have been told, so that a rotation breaks no receiver. */
  all(tenant: TenantId): readonly Buffer[] {
    return this.serviceKey.live.map(({ bytes }) => derive(bytes, tenant));
  }
}

function derive(serviceKey: Buffer, tenant: TenantId): Buffer {
  return Buffer.from(hkdfSync('sha256', serviceKey, '', `gatra/webhook/v1/${tenant}`, 32));
}
