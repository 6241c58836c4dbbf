import type { TenantCipher } from './tenant-cipher.js';

/** No JSON text begins like this. */
const SEALED = 'sealed:';

/** How a text that quotes events is stored: encrypted where the tenant has keys, in clear where it has none. */
export class TextSeal {
  constructor(protected readonly cipher: TenantCipher | undefined) {}

  /** A text as it is stored. @param place the row and column it belongs to; it opens nowhere else. */
  close(text: string, place: string): string {
    return this.cipher ? SEALED + this.cipher.seal(Buffer.from(text), place).toString('base64') : text;
  }

  /** A stored text. @throws KeysUnavailable, and Error where it was changed or belongs elsewhere. */
  open(stored: string, place: string): string {
    if (!stored.startsWith(SEALED)) return stored;
    if (!this.cipher) throw new Error('a stored text is encrypted, and there are no keys');
    return this.cipher.open(Buffer.from(stored.slice(SEALED.length), 'base64'), place).toString();
  }
}
