import type { TenantId } from '../../../contracts/tenant.js';
import type { TenantKeySet } from '../../../platform/encryption/tenant-key-set.js';
import type { EventDamage } from '../domain/event-damage.js';
import type { CrossingChunk } from './crossing-chunk.js';

/** What the thread that stores large chunks is asked; the next is asked once the last is answered. */
export type AppendRequest =
  | {
      readonly op: 'append';
      readonly tenant: TenantId;
      readonly keys: TenantKeySet | null;
      readonly chunk: CrossingChunk;
      readonly memory: SharedArrayBuffer;
    }
  | { readonly op: 'release'; readonly tenant: TenantId }
  | { readonly op: 'close' };

/** How it went. */
export interface AppendReply {
  /** Why it was not done; `undefined` where it was. `errcode` is SQLite's, where it was SQLite that failed. */
  readonly failure: { readonly message: string; readonly errcode: number | undefined } | undefined;
  /** What was found not to be what had been written. */
  readonly damages: readonly (readonly [TenantId, EventDamage])[];
}
