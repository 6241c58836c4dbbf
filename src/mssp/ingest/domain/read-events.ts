import type { EventRejection } from '../../../events/event-rejection.js';
import type { EventSlice } from '../../../events/event-slice.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import type { ParsedEvent } from '../../../events/parsed-event.js';
import type { Breather } from '../../../platform/clock/short-turns.js';
import type { EventBatchRequest } from './event-batch-request.js';

/** An event and the bytes it was read from. */
export interface ReadEvent {
  readonly event: ParsedEvent;
  readonly slice: EventSlice;
}

/** The events of a request that can be read, and why the others cannot. */
export interface ReadBatch {
  readonly events: readonly ReadEvent[];
  readonly rejected: readonly EventRejection[];
}

/** Reads a request's events one by one, in turns; a bad one is reported and leaves the others alone. */
export async function readEvents(
  { textOf, slices, declared, receivedAt }: Pick<EventBatchRequest, 'textOf' | 'slices' | 'declared' | 'receivedAt'>,
  breathe: Breather,
): Promise<ReadBatch> {
  const events: ReadEvent[] = [];
  const rejected: EventRejection[] = [];
  for (const slice of slices) {
    const pause = breathe();
    if (pause) await pause;
    const text = textOf(slice);
    const result = text === undefined ? notUtf8(slice.index) : parseEvent(text, { index: slice.index, declared, receivedAt });
    if (isRejection(result)) rejected.push(result);
    else events.push({ event: result, slice });
  }
  return { events, rejected };
}

/** What is not UTF-8 could not be given back as it was sent. */
function notUtf8(index: number): EventRejection {
  return { index, code: 'malformed_json', detail: 'the event is not valid UTF-8' };
}
