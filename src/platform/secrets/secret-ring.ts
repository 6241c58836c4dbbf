/** One version of a secret. */
export interface SecretVersion {
  /** Names the version within its secret; no part of the value. */
  readonly version: string;
  readonly bytes: Buffer;
}

/**
 * The versions of one secret that are live. What is made (signed, hashed) is made with the current one; what is checked may have been made with
 * any. The ring is replaced as a whole when the secret is read again, so holders keep the ring and never a version.
 */
export class SecretRing {
  private versions: readonly [SecretVersion, ...SecretVersion[]];

  /** @param versions current one first. */
  constructor(versions: readonly [SecretVersion, ...SecretVersion[]]) {
    this.versions = versions;
  }

  /** A ring with one version. */
  static of(bytes: Buffer, version = '1'): SecretRing {
    return new SecretRing([{ version, bytes }]);
  }

  /** The version to make things with. */
  get current(): SecretVersion {
    return this.versions[0];
  }

  /** Every version to check things with, current one first. */
  get live(): readonly SecretVersion[] {
    return this.versions;
  }

  /** Takes over what was read again. */
  replace(versions: readonly [SecretVersion, ...SecretVersion[]]): void {
    this.versions = versions;
  }
}
