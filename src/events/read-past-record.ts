import type { SecurityEvent } from '../contracts/security-event.js';
import type { EventSpan, PastRecord } from '../contracts/stored-events.js';
import { isRejection, parseEvent } from './parse-event.js';

/** Reads a stored event as it was read when it arrived; `undefined` where it cannot be any more, or is not of the span. */
export function readPastRecord({ raw, index, source, received_at }: PastRecord, { from, to }: EventSpan): SecurityEvent | undefined {
  const event = parseEvent(raw, { index, declared: source, receivedAt: received_at });
  return isRejection(event) || event.time < from || event.time > to ? undefined : event;
}
