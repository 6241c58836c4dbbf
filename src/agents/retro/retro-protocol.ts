import type { EventSpan, PastRecord } from '../../contracts/stored-events.js';
import type { PastHits, SoughtIndicators } from '../../taa/domain/retro/past-matcher.js';

/** What is asked of the thread that compares stored events. */
export type RetroRequest =
  | { readonly op: 'take'; readonly sought: SoughtIndicators }
  | {
      readonly op: 'match';
      /** Of indicators that it has taken. */
      readonly key: string;
      readonly span: EventSpan;
      /** RFC 3339 UTC. */
      readonly now: string;
      readonly records: readonly PastRecord[];
    };

/** What it answers; null where it has taken the indicators, or does not have them any more. */
export type RetroAnswer = PastHits | null;
