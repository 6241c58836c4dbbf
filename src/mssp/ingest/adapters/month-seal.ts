import { isSealed, KeysUnavailable, type TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import { termHash } from './term-hash.js';

const TEXT_PREFIX = 'sealed:';

/**
 * Seals what is stored of one month of a tenant's events, where the tenant's data is encrypted. What is sealed is bound to the tenant, the month and
 * its row. What was written before encryption was switched on is read as it is.
 */
export class MonthSeal {
  constructor(
    private readonly cipher: TenantCipher | undefined,
    /** Tenant and month, that everything is bound to. */
    private readonly place: string,
  ) {}

  seal(kind: 'block' | 'learned', row: string | number, plain: Uint8Array): Uint8Array {
    return this.cipher ? this.cipher.seal(plain, this.placeOf(kind, row)) : plain;
  }

  /** @throws Error where it was changed, moved from another row, or its key is gone. */
  open(kind: 'block' | 'learned', row: string | number, stored: Uint8Array): Uint8Array {
    return isSealed(stored) ? this.keys().open(stored, this.placeOf(kind, row)) : stored;
  }

  sealText(row: string, plain: string): string {
    if (!this.cipher) return plain;
    return TEXT_PREFIX + this.cipher.seal(Buffer.from(plain), this.placeOf('text', row)).toString('base64');
  }

  openText(row: string, stored: string): string {
    if (!stored.startsWith(TEXT_PREFIX)) return stored;
    return this.keys()
      .open(Buffer.from(stored.slice(TEXT_PREFIX.length), 'base64'), this.placeOf('text', row))
      .toString();
  }

  /** What a term is entered under. */
  term(term: string): number {
    return this.cipher ? this.cipher.token(term) : termHash(term);
  }

  /** What a term may have been entered under. */
  termsOf(term: string): readonly number[] {
    return this.cipher ? [this.cipher.token(term), termHash(term)] : [termHash(term)];
  }

  /** What a text is compared as. */
  fingerprint(text: string): string {
    return this.cipher ? `~${this.cipher.fingerprint(text)}` : text;
  }

  get isOn(): boolean {
    return this.cipher !== undefined;
  }

  private keys(): TenantCipher {
    if (!this.cipher) throw new KeysUnavailable('what is stored is encrypted, and there is no key');
    return this.cipher;
  }

  private placeOf(kind: string, row: string | number): string {
    return `${kind}\n${this.place}\n${row}`;
  }
}
