import type { EventFormat, EventOrigin } from '../contracts/security-event.js';
import type { EventFacts } from './event-facts.js';
import type { EventIdentity } from './event-identity.js';
import type { JsonObject } from './json-object.js';
import type { TermCollector } from './term-collector.js';

/**
 * How events of one format and layout are read. Shapes hold no state; what they are given is a parsed JSON object that may
 * hold anything, and none of their functions throws.
 */
export interface EventShape {
  /** Works out once what several of the functions below need; they are given its result instead of the event. */
  readonly prepare?: (event: JsonObject, receivedAt: number) => JsonObject;
  /** Fields are read out of a text in which they may be encoded: keywords are looked for in what was read, not in what was sent. */
  readonly isReadFromText?: boolean;
  readonly format: (event: JsonObject) => EventFormat;
  readonly origin: (event: JsonObject) => EventOrigin;
  /** Milliseconds since the epoch, `NaN` where the event holds no time that can be understood. */
  readonly time: (event: JsonObject, receivedAt: number) => number;
  readonly identity: (event: JsonObject) => EventIdentity | null;
  /** The record that field names are looked up in first; built at most once an event. */
  readonly fields: (event: JsonObject) => JsonObject;
  /** A field that goes by another name in the event. */
  readonly alias?: (fields: JsonObject, name: string) => unknown;
  readonly facts: (event: JsonObject) => EventFacts;
  readonly terms: (event: JsonObject, terms: TermCollector) => void;
}
