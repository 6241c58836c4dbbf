import type { Rate } from './facets.js';
import type { RateLimits } from './rate-table.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The numbers that decide how quiet the statistical detector is; an analyst has to live with what it says. Times in ms of event time. */
export const TUNING = {
  /** A tenant is only watched until it has sent this much for this long. */
  learning: { events: 5_000, time: 6 * HOUR },
  /** Something new of a `left` that was seen less often than this says nothing: the `left` itself is new. */
  leastKnown: 20,
  /** What so many others do already is no news when one more does it. */
  mostPeers: 1,
  /** Largest share of recent pairs of a facet that were new and not done by others: where that is common it is no news. */
  facetNovelty: 0.02,
  /** The same for one `left`. */
  leftNovelty: 0.1,
  /** How many observations of a facet "recent" spans. */
  recent: 256,
  /** Detections that a tenant may have per 1,000 of its events, and how many may be saved up. */
  budget: { perThousand: 1, most: 5 },
  /** Counts halve this often; pairs not met again for one to two generations of this length count as new. */
  halfLife: 7 * DAY,
  generation: 45 * DAY,
  /** Rates are counted in windows of this length; events later than this behind are left out of them. */
  window: 5 * MINUTE,
  lateness: 10 * MINUTE,
  /** Event time moves on by itself up to this far within a batch, and this far from batch to batch. */
  stride: { within: HOUR, between: 30 * DAY },
  /** A batch that says that it arrived before this came to a machine whose clock was not set. */
  leastArrival: Date.UTC(2025, 0),
} as const;

/** Least burst and its ratio to the entity's usual peak, by what is counted. */
export const RATE_LIMITS: Readonly<Record<Rate, RateLimits>> = {
  'failed-logons': { floor: 15, timesPeak: 2 },
  destinations: { floor: 60, timesPeak: 3 },
  activity: { floor: 120, timesPeak: 3 },
};
