import { type EventPosition, type EventSpan, StoredEvents, type StoredPage } from '../../src/contracts/stored-events.js';
import type { TenantId } from '../../src/contracts/tenant.js';

const PAGES = 5;

/** Stored events of five pages, one event each, the newest `e.5`; it notes behind which it was asked, and may be away. */
export class FivePages extends StoredEvents {
  readonly asked: (number | null)[] = [];
  fails = false;

  async page(_: TenantId, __: EventSpan, before: EventPosition | null): Promise<StoredPage> {
    this.asked.push(before?.sequence ?? null);
    if (this.fails) throw new Error('away');
    const at = before?.sequence ?? PAGES;
    const record = { event_id: `e.${at}`, index: 0, received_at: 0, source: 'auto' as const, raw: '{}' };
    const next = at === 1 ? null : { month: '2026-03', sequence: at - 1, record: 1 };
    return { records: [record], next, chunks: 1, chunksLeft: at - 1 };
  }
}
