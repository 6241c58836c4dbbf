/** A key that data is encrypted with; its number is written beside what it encrypted. */
export interface DataKey {
  /** Counted from 1. */
  readonly number: number;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** A tenant's keys, unwrapped. They are held in memory and sent between threads of this process, and nowhere else. */
export interface TenantKeySet {
  /** The newest last; all of them decrypt. */
  readonly data: readonly DataKey[];
  /** Number of the key that encrypts; the newest where it is not said. */
  readonly sealing?: number;
  /** Makes search terms unreadable; the same for as long as the tenant lives. 32 bytes. */
  readonly index: Uint8Array;
}
