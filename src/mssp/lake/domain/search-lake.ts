import type { TenantId } from '../../../contracts/tenant.js';
import { matchEvent, termsOf, type FoundEvent, type SearchCriteria } from '../../ingest/domain/search.js';
import type { EventLake, LakeFilter, LakePosition } from './event-lake.js';

/** A page of what a lake has, newest arrival first. */
export interface LakePage {
  readonly items: readonly FoundEvent[];
  /** Where the next page begins; null at the end. */
  readonly next: LakePosition | null;
  /** Events looked at. */
  readonly events: number;
}

/** Searches a tenant's events in a lake: the lake narrows, and the same comparison decides that decides over events kept here. */
export async function searchLake(
  lake: EventLake,
  tenant: TenantId,
  criteria: Omit<SearchCriteria, 'before'>,
  { before, isSpent }: { readonly before: LakePosition | undefined; readonly isSpent: () => boolean },
): Promise<LakePage> {
  const terms = termsOf(criteria);
  const filter = filterOf(criteria, terms);
  const items: FoundEvent[] = [];
  let next = before;
  let events = 0;
  for (;;) {
    const wanted = criteria.limit - items.length;
    const records = await lake.scan(tenant, filter, next, wanted);
    events += records.length;
    for (const record of records) {
      const found = matchEvent(record, criteria, terms);
      if (found) items.push(found);
      next = { batch_id: record.batch_id, index: record.index };
    }
    if (records.length < wanted) return { items, next: null, events };
    if (items.length >= criteria.limit || isSpent()) return { items, next: next ?? null, events };
  }
}

function filterOf({ from, to, rule_id: rule, q: text }: Omit<SearchCriteria, 'before'>, terms: readonly string[]): LakeFilter {
  return { from, to, terms, ...(rule !== undefined && { rule }), ...(text !== undefined && { text }) };
}
