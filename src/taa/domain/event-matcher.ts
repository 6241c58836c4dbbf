import type { Entity } from '../../contracts/entity.js';
import type { EventIndicators, SeenIndicator } from '../../contracts/event-indicators.js';
import type { SecurityEvent } from '../../contracts/security-event.js';
import { eachValue } from './event-values.js';
import { eventObservation } from './event-observation.js';
import type { IndicatorMatcher } from './indicator-matcher.js';
import type { IndicatorType } from './indicator.js';

interface Seen {
  readonly kind: IndicatorType | 'pattern';
  readonly value: string;
}

const MOST = 20;
const ENTITIES: Readonly<Partial<Record<Seen['kind'], Entity['type']>>> = { ip: 'ip', domain: 'domain', file_hash: 'file' };

/** Compares whole events with a tenant's indicators: single values first, then, where there are any, patterns. At most 20 are told of an event, the surest. */
export class EventMatcher implements EventIndicators {
  /** Of the event at hand, as are those that it was found by. */
  private readonly found = new Set<number>();
  private readonly seen = new Map<number, Seen>();

  constructor(private readonly matcher: IndicatorMatcher) {}

  match(event: SecurityEvent, until: number): readonly SeenIndicator[] {
    const span = { from: event.time, to: Math.max(event.time, until) };
    const { found, seen, matcher } = this;
    if (found.size > 0) found.clear();
    if (seen.size > 0) seen.clear();
    eachValue(event, (kind, value) => {
      matcher.lookUp(kind, value, span, found);
      if (found.size > seen.size) for (const number of found) if (!seen.has(number)) seen.set(number, { kind, value });
    });
    if (matcher.hasPatterns) {
      for (const [number, value] of matcher.matchObservation(eventObservation(event, span), span))
        seen.set(number, { kind: 'pattern', value });
    }
    return seen.size === 0 ? NOTHING : this.shown(seen);
  }

  private shown(seen: ReadonlyMap<number, Seen>): readonly SeenIndicator[] {
    const all = [...seen].map(([number, { kind, value }]) => {
      const type = ENTITIES[kind];
      return { ...this.matcher.card(number), kind, value, ...(type && { entity: { type, value: value.toLowerCase() } }) };
    });
    return all.sort((a, b) => b.confidence - a.confidence || (a.indicator_id < b.indicator_id ? -1 : 1)).slice(0, MOST);
  }
}

const NOTHING: readonly SeenIndicator[] = [];
