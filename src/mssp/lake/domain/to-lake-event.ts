import { searchTerms } from '../../../events/search-terms.js';
import type { StoredRecord } from '../../ingest/domain/event-store.js';
import { reparse } from '../../ingest/domain/search.js';
import type { LakeEvent } from './lake-event.js';

/** A stored event as a lake keeps it; `undefined` where this version cannot read it any more. */
export function toLakeEvent(record: StoredRecord): LakeEvent | undefined {
  const event = reparse(record);
  return event && { ...record, time: event.time, normalized: event.normalized, terms: searchTerms(event) };
}
