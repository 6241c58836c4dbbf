import type { LakePosition } from './event-lake.js';

/** The position before which everything arrived by the end of a month (`2026-11`): the least id (UUID v7, RFC 9562 section 5.7) of the millisecond after it. */
export function endOfMonth(month: string): LakePosition {
  const date = new Date(`${month}-01T00:00:00Z`);
  const hex = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
    .toString(16)
    .padStart(12, '0');
  return { batch_id: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`, index: 0 };
}
