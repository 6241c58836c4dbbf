import type { EventPosition, PageEnd } from './stored-events.js';

/** How far looking at stored events has come. */
export interface PastProgress {
  /** Null before the first event and behind the last. */
  readonly before: EventPosition | null;
  /** Events of the span that were looked at. */
  readonly scanned: number;
  /** Chunks of events that were read to their end. */
  readonly chunks: number;
  /** About how many events of the span there are; null before that can be told. */
  readonly about: number | null;
}

/** Before the first event. */
export const NOTHING_SEEN: PastProgress = { before: null, scanned: 0, chunks: 0, about: null };

/**
 * Goes on behind a page of events. How many there are in all is told from how many there were in the chunks so far, and is exact at the end.
 * @param seen events of the span that were in the page.
 */
export function behindPage(progress: PastProgress, { next, ...page }: PageEnd, seen: number): PastProgress {
  const scanned = progress.scanned + seen;
  const chunks = progress.chunks + page.chunks;
  const about = next === null ? scanned : scanned + Math.round((page.chunksLeft * scanned) / Math.max(1, chunks));
  return { before: next, scanned, chunks, about };
}
