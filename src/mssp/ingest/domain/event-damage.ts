import type { TenantId } from '../../../contracts/tenant.js';

/** What became of a tenant's event file that was not what had been written. */
export interface EventDamage {
  /** Month of arrival of the events in it, `2026-11`. */
  readonly month: string;
  /** Name under which the damaged file was kept, in the tenant's directory; null where there was no file any more. */
  readonly kept: string | null;
  /** Events that are readable, and were taken over into a new file. */
  readonly recovered: number;
  /** Events that had been acknowledged and are not there; null where nothing says how many there had been. */
  readonly lost: number | null;
  /** Arrival of the first and the last batch that is known to have lost events, RFC 3339 UTC; null where none is known. */
  readonly between: readonly [string, string] | null;
}

/** Told of event files that were not what had been written, once what is readable of them is in place again. */
export type DamageListener = (tenant: TenantId, damage: EventDamage) => void;

/** Part of an event file that is not what was written: a block of events, a row, the schema. Code and meaning are those of SQLITE_CORRUPT. */
export class DamagedPart extends Error {
  override readonly name = 'DamagedPart';
  readonly errcode = 11;
}
