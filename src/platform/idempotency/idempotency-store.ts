import type { TenantId } from '../../contracts/tenant.js';

/** What is known of an earlier request with the same key. */
export type EarlierRequest =
  | { readonly state: 'other-request' }
  | { readonly state: 'running' }
  | { readonly state: 'answered'; readonly status: number; readonly body: unknown; readonly shownOnce: boolean };

/** Remembers which requests were made under which key, per tenant (null: on the platform). Times are milliseconds since the epoch. */
export abstract class IdempotencyStore {
  /** Takes a key for a request, or answers what is known of the earlier one. */
  abstract begin(scope: TenantId | null, key: string, digest: string, now: number): Promise<EarlierRequest | undefined>;

  /** Remembers the answer; a body of `undefined` is one that must not be kept. */
  abstract finish(scope: TenantId | null, key: string, answer: { readonly status: number; readonly body: unknown }): Promise<void>;

  /** Gives the key back after a failure. */
  abstract abandon(scope: TenantId | null, key: string): Promise<void>;
}
