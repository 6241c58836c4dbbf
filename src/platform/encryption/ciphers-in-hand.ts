import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { TenantCipher } from './tenant-cipher.js';
import type { TenantKeySet } from './tenant-key-set.js';
import { TenantKeys } from './tenant-keys.js';

/** The main thread's ciphers: one for each set of keys that is held, dropped with it. */
@Injectable()
export class CiphersInHand {
  private readonly ciphers = new WeakMap<TenantKeySet, TenantCipher>();

  constructor(private readonly keys: TenantKeys) {}

  /** A tenant's cipher; `undefined` where nothing is encrypted. @throws TenantRetired, KeyEncryptionKeyMissing */
  async of(tenant: TenantId): Promise<TenantCipher | undefined> {
    const keys = await this.keys.of(tenant);
    if (!keys) return undefined;
    const known = this.ciphers.get(keys);
    if (known) return known;
    const cipher = new TenantCipher(keys);
    this.ciphers.set(keys, cipher);
    return cipher;
  }
}
