import { createHmac, hkdfSync } from 'node:crypto';
import type { TenantId } from '../../contracts/tenant.js';

/** The key that a tenant's webhooks are signed with: HKDF-SHA-256 (RFC 5869) of the service key, bound to the tenant; 32 bytes. */
export function webhookKey(serviceKey: Buffer, tenant: TenantId): Buffer {
  return Buffer.from(hkdfSync('sha256', serviceKey, '', `gatra/webhook/v1/${tenant}`, 32));
}

/**
 * Value of `X-GATRA-Signature`: `t={seconds},v1={hex}`, where v1 is HMAC-SHA-256 over `{t}.{body}`. A receiver recomputes it over
 * the raw body, compares in constant time, and refuses times more than five minutes away.
 * @param now milliseconds since the epoch.
 */
export function signWebhook(key: Buffer, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const mac = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
