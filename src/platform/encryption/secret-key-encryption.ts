import { createHash, hkdfSync } from 'node:crypto';
import { KeyEncryption, KeyEncryptionKeyMissing, type WrappedKey } from './key-encryption.js';
import { openBytes, sealBytes } from './sealed-bytes.js';

const KEY_BYTES = 32;

/**
 * Key-encryption keys made from secrets by HKDF-SHA-256 (RFC 5869). A version is named by a hash of its key, so that nobody has to name it and a
 * wrapped key says which one it needs.
 */
export class SecretKeyEncryption extends KeyEncryption {
  readonly currentId: string;
  private readonly keys: ReadonlyMap<string, Buffer>;

  /** @param secrets the current one first, then those that older keys may still be wrapped with. */
  constructor(secrets: readonly Buffer[]) {
    super();
    const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'gatra/key-encryption/v1', KEY_BYTES)));
    this.keys = new Map(keys.map((key) => [nameOf(key), key]));
    const [current] = this.keys.keys();
    if (current === undefined) throw new Error('there is no key-encryption key');
    this.currentId = current;
  }

  knows(kekId: string): boolean {
    return this.keys.has(kekId);
  }

  async wrap(key: Uint8Array, context: string): Promise<WrappedKey> {
    const kek_id = this.currentId;
    return { kek_id, wrapped: sealBytes(this.keyOf(kek_id), key, associated(kek_id, context)) };
  }

  async unwrap({ kek_id, wrapped }: WrappedKey, context: string): Promise<Buffer> {
    return openBytes(this.keyOf(kek_id), wrapped, associated(kek_id, context));
  }

  private keyOf(kekId: string): Buffer {
    const key = this.keys.get(kekId);
    if (!key) throw new KeyEncryptionKeyMissing(`the key-encryption key ${kekId} is not at hand`);
    return key;
  }
}

function nameOf(key: Buffer): string {
  return createHash('sha256').update('gatra/key-encryption/name\n').update(key).digest('hex').slice(0, 12);
}

function associated(kekId: string, context: string): string {
  return `gatra/wrapped-key/v1\n${kekId}\n${context}`;
}
