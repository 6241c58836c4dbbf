import type { Detection } from '../../../contracts/detection.js';
import type { EventSpan, PastRecord } from '../../../contracts/stored-events.js';
import type { IndicatorImage } from '../indicator-image.js';

/** Indicators to compare with, compiled. */
export interface SoughtIndicators {
  /** Another one for whatever else is sought. */
  readonly key: string;
  readonly image: IndicatorImage;
}

/** An indicator seen in a stored event. */
export interface PastHit {
  readonly event_id: string;
  readonly detection: Detection;
}

/** What came of comparing some events. */
export interface PastHits {
  /** Events of the span. */
  readonly scanned: number;
  /** In the order of the events. */
  readonly hits: readonly PastHit[];
}

/** Where stored events are compared with indicators, apart from where events are taken in. */
export abstract class PastMatcher {
  /**
   * The indicators that events show and that were valid at some time from the event to now.
   * @param now RFC 3339 UTC.
   * @throws MatchingTooCostly
   */
  abstract match(sought: SoughtIndicators, span: EventSpan, now: string, records: readonly PastRecord[]): Promise<PastHits>;
}

/** Comparing took more time or memory than it may. */
export class MatchingTooCostly extends Error {
  override readonly name = 'MatchingTooCostly';
}
