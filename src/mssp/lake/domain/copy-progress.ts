import type { TenantId } from '../../../contracts/tenant.js';
import type { CopyPosition } from './copy-slice.js';

/** How far a tenant's events, audit records and alerts have been copied into a lake. */
export interface Progress {
  readonly events: CopyPosition | null;
  /** Position of the last audit record that was copied; 0 before the first. */
  readonly audit: number;
  /** When the last alert that was copied was changed, RFC 3339 UTC; null before the first. */
  readonly alerts: string | null;
  /** Everything that had arrived until then is copied, milliseconds since the epoch; null before that was so once. */
  readonly completeUntil: number | null;
}

/** Before anything was copied, or where all of it is to be copied again. */
export const FROM_THE_BEGINNING: Progress = { events: null, audit: 0, alerts: null, completeUntil: null };

/** Tells whether a copy is at its beginning. */
export function isBeginning({ events, audit, alerts, completeUntil }: Progress): boolean {
  return events === null && audit === 0 && alerts === null && completeUntil === null;
}

/** Requests of a month are stored until then, milliseconds after its end. */
const LATE_MS = 3_600_000;

/** A month (`2026-11`), and the number of its newest chunk. */
export interface MonthEnd {
  readonly month: string;
  readonly last: number;
}

/** Whether all events that arrived in a month are copied: once it was over, and up to its newest chunk as far as it is known where copying left it. */
export function isCopied({ events, completeUntil }: Progress, { month, last }: MonthEnd): boolean {
  const date = new Date(`${month}-01T00:00:00Z`);
  if ((completeUntil ?? 0) < Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) + LATE_MS) return false;
  const left = [events, ...(events?.earlier ?? [])].find((position) => position?.month === month);
  return !left || left.sequence > last;
}

/** Keeps how far copying has come, by lake. */
export abstract class CopyProgress {
  abstract read(tenant: TenantId, lake: string): Promise<Progress>;

  /** Notes how far it has come since `before` was read; nothing where it was forgotten meanwhile, as that copy is to begin anew. */
  abstract keep(tenant: TenantId, lake: string, progress: Progress, before: Progress): Promise<void>;

  /** Has all that is held here copied again. */
  abstract forget(tenant: TenantId, lake: string): Promise<void>;
}
