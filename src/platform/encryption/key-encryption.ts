/** A key as it is stored: encrypted with a key-encryption key, which is named. */
export interface WrappedKey {
  readonly kek_id: string;
  readonly wrapped: Uint8Array;
}

/** The key-encryption key that a wrapped key names is not at hand. */
export class KeyEncryptionKeyMissing extends Error {
  override readonly name = 'KeyEncryptionKeyMissing';
}

/** Encrypts keys with a key from the secret store, or with a key service. */
export abstract class KeyEncryption {
  /** Names the version of the key-encryption key that keys are wrapped with from now on. */
  abstract readonly currentId: string;

  /** Tells whether keys that a version wrapped can be unwrapped. */
  abstract knows(kekId: string): boolean;

  /** Wraps a key with the current version. @param context what the key is for; it can be unwrapped for that alone. */
  abstract wrap(key: Uint8Array, context: string): Promise<WrappedKey>;

  /** @throws KeyEncryptionKeyMissing, and Error where the wrapped key or its context is not what was wrapped. */
  abstract unwrap(key: WrappedKey, context: string): Promise<Buffer>;
}
