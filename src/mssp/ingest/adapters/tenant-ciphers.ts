import type { TenantId } from '../../../contracts/tenant.js';
import { KeysUnavailable, TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import type { TenantKeySet } from '../../../platform/encryption/tenant-key-set.js';

/** Which tenants a thread serves, and their ciphers. */
export class TenantCiphers {
  private readonly ciphers = new Map<TenantId, TenantCipher | undefined>();

  /** @param strict whether tenants that were not opened are refused; otherwise their data is stored as it is. */
  constructor(private readonly strict: boolean) {}

  /** A tenant's cipher; `undefined` where nothing is encrypted. @throws KeysUnavailable for a tenant that was not opened. */
  of(tenant: TenantId): TenantCipher | undefined {
    if (this.strict && !this.ciphers.has(tenant)) throw new KeysUnavailable('the tenant is not served here');
    return this.ciphers.get(tenant);
  }

  /** A tenant's keys, for another thread; null where nothing is encrypted. @throws KeysUnavailable for a tenant that was not opened. */
  keysOf(tenant: TenantId): TenantKeySet | null {
    return this.of(tenant)?.keySet ?? null;
  }

  /** Serves a tenant from now on, with these keys. */
  open(tenant: TenantId, keys: TenantKeySet | null): void {
    const known = this.ciphers.get(tenant);
    if (known && keys) known.renew(keys);
    else if (!known) this.ciphers.set(tenant, keys ? new TenantCipher(keys) : undefined);
  }

  /** Refuses a tenant from now on, and overwrites its keys. */
  retire(tenant: TenantId): void {
    this.ciphers.get(tenant)?.destroy();
    this.ciphers.delete(tenant);
  }
}
