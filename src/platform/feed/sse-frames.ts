import { idOf, type FeedEvent, type FeedPosition } from './feed-event.js';
import type { FeedType } from './feed-types.js';

/** An event of the feed as a server-sent event (WHATWG HTML §9.2). */
export function eventFrame(event: FeedEvent): string {
  const { type, at, data } = event;
  return frame({ id: idOf(event), event: type, data: { type, at: new Date(at).toISOString(), ...data } });
}

/** The first event of every stream: what it will tell of, and from where on. @param retryMs how soon to come back once it has ended. */
export function openingFrame(position: FeedPosition, types: ReadonlySet<FeedType>, retryMs: number): string {
  return retryFrame(retryMs) + frame({ id: idOf(position), event: 'open', data: { types: [...types] } });
}

/** Says that events are missing here, and what to do about it. @param position from where on nothing is. */
export function resetFrame(position: FeedPosition): string {
  const detail = 'What followed the last event is not kept any more: read the lists again. Nothing is missing from here on.';
  return frame({ id: idOf(position), event: 'reset', data: { detail } });
}

/** A comment that keeps the connection open, with the position where that has moved on: one resumes after it. */
export function beatFrame(position: FeedPosition | undefined): string {
  return position === undefined ? ':\n\n' : `:\nid: ${idOf(position)}\n\n`;
}

/** How soon the client is to come back once the stream has ended. */
export function retryFrame(ms: number): string {
  return `retry: ${ms}\n\n`;
}

function frame({ id, event, data }: { readonly id: string; readonly event: string; readonly data: object }): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
