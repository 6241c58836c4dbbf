import type { EventFormat } from '../contracts/security-event.js';
import { shapeOf } from './classify.js';
import type { EventRejection, EventRejectionCode } from './event-rejection.js';
import { isDeeperThan, isJsonObject } from './json-object.js';
import { ParsedEvent } from './parsed-event.js';

/** Bounds on one event. */
export interface EventLimits {
  /** Most bytes of UTF-8. */
  readonly maxBytes: number;
  /** Most levels of nested objects and arrays; a flat object has 1. */
  readonly maxDepth: number;
}

export const DEFAULT_EVENT_LIMITS: EventLimits = { maxBytes: 256 * 1024, maxDepth: 32 };

export interface ParseOptions {
  /** Position in the request. */
  readonly index: number;
  /** The format that the sender named, or `auto` to go by the event's shape. */
  readonly declared: EventFormat | 'auto';
  /** Arrival time, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly limits?: EventLimits;
}

/**
 * Reads one event from its JSON text. Whatever the text is, this returns: an event, or why it is not one.
 */
export function parseEvent(source: string, options: ParseOptions): ParsedEvent | EventRejection {
  const { maxBytes, maxDepth } = options.limits ?? DEFAULT_EVENT_LIMITS;
  if (isLonger(source, maxBytes)) return reject(options, 'too_large', `the event is larger than ${maxBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return reject(options, 'malformed_json', 'the event is not valid JSON');
  }
  if (!isJsonObject(value)) return reject(options, 'not_an_object', 'the event is not a JSON object');
  if (isEmpty(value)) return reject(options, 'empty_object', 'the event has no fields');
  if (isDeeperThan(value, maxDepth)) return reject(options, 'too_deep', `the event is nested more than ${maxDepth} levels deep`);
  const shape = shapeOf(value, options.declared);
  if (typeof shape !== 'string') return new ParsedEvent(options.index, value, shape, options.receivedAt, source);
  return reject(options, 'unsupported_shape', shape);
}

/** Tells an event from the reason why there is none. */
export function isRejection(result: ParsedEvent | EventRejection): result is EventRejection {
  return !(result instanceof ParsedEvent);
}

function isLonger(source: string, maxBytes: number): boolean {
  if (source.length * 3 <= maxBytes) return false;
  return source.length > maxBytes || Buffer.byteLength(source) > maxBytes;
}

function isEmpty(value: object): boolean {
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}

function reject(options: ParseOptions, code: EventRejectionCode, detail: string): EventRejection {
  return { index: options.index, code, detail };
}
