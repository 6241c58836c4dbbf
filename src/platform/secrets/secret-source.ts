/**
 * What may be done with a version: `enabled` ones make and check; `announced` ones only check, until their holder makes them the current one;
 * the others do nothing.
 */
export type VersionState = 'enabled' | 'announced' | 'disabled' | 'destroyed';

/** One version of a secret, as its source has it. */
export interface StoredVersion {
  /** Names the version within its secret; no part of the value. */
  readonly version: string;
  readonly state: VersionState;
  /** Milliseconds since the epoch; null where the source does not know, as with what a person put into a variable. */
  readonly createdAt: number | null;
  /** Null unless the version is enabled or announced. */
  readonly bytes: Buffer | null;
}

/** Where secrets come from. */
export abstract class SecretSource {
  /** `secret-manager`, `environment` or `file`. */
  abstract readonly kind: string;

  /**
   * The versions of the secret of this name, newest first; `undefined` where this source does not hold it.
   * @throws SecretSourceError where that cannot be told now.
   */
  abstract read(name: string): Promise<readonly StoredVersion[] | undefined>;

  /** Frees what the source holds open. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A source in which secrets can be rotated. */
export abstract class WritableSecretSource extends SecretSource {
  /** Adds a version of a secret that the source holds; answers the version's name. @param now milliseconds since the epoch. */
  abstract add(name: string, bytes: Buffer, now: number): Promise<string>;

  /** Disables a version; false where there is no such version, or none that is enabled. */
  abstract disable(name: string, version: string): Promise<boolean>;
}

/** A source could not answer. Says what is wrong with it, never what it holds. */
export class SecretSourceError extends Error {
  override readonly name: string = 'SecretSourceError';
}

/** A source answered, but what it holds cannot be used. Says why, never the value: `is shorter than 32 bytes`. */
export class UnfitSecret extends SecretSourceError {
  override readonly name = 'UnfitSecret';
}
