import type { Entity } from './entity.js';
import type { SecurityEvent } from './security-event.js';
import type { Tlp } from './tlp.js';

/** An indicator that an event shows. */
export interface SeenIndicator {
  readonly indicator_id: string;
  readonly name: string;
  /** `api`, or the name of the feed. */
  readonly source: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Marking of the Traffic Light Protocol, where there is one. */
  readonly tlp?: Tlp;
  /** What kind of value was seen: `domain`, `registry_key`, `pattern` … */
  readonly kind: string;
  /** What was seen, as it stands in the event. */
  readonly value: string;
  /** The same as an entity, where it is of a kind that alerts are about. */
  readonly entity?: Entity;
}

/** A tenant's indicators, as events are compared with them. */
export interface EventIndicators {
  /**
   * The indicators that an event shows and that were in force at some time from the event to `until` (milliseconds since the epoch): each once, surest first.
   * Never throws for what is in an event.
   */
  match(event: SecurityEvent, until: number): readonly SeenIndicator[];
}
