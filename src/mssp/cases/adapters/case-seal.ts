import type { TenantCipher } from '../../../platform/encryption/tenant-cipher.js';

/** No JSON text begins like this. */
const SEALED = 'sealed:';

/** How what cases quote of events is stored: encrypted where the tenant has keys, in clear where it has none. */
export class CaseSeal {
  constructor(private readonly cipher: TenantCipher | undefined) {}

  /** A text as it is stored. @param place the row and column it belongs to; it opens nowhere else. */
  close(text: string, place: string): string {
    return this.cipher ? SEALED + this.cipher.seal(Buffer.from(text), place).toString('base64') : text;
  }

  /** A stored text. @throws KeysUnavailable, and Error where it was changed or belongs elsewhere. */
  open(stored: string, place: string): string {
    if (!stored.startsWith(SEALED)) return stored;
    if (!this.cipher) throw new Error('a case is encrypted, and there are no keys');
    return this.cipher.open(Buffer.from(stored.slice(SEALED.length), 'base64'), place).toString();
  }

  /** An entity's key as indexes hold it: equal or not is all that a sealed one tells. */
  key(entity: string): string {
    return this.cipher ? this.cipher.fingerprint(`entity\n${entity}`) : entity;
  }

  /** Every form in which indexes may hold a key: what was stored before there were keys stays in clear. */
  keysOf(entity: string): readonly string[] {
    return this.cipher ? [this.key(entity), entity] : [entity];
  }
}
