import type { PastProgress } from '../../contracts/past-progress.js';
import type { EventSpan, StoredEvents, StoredPage } from '../../contracts/stored-events.js';
import type { TenantId } from '../../contracts/tenant.js';

/** How long one turn lasts, in milliseconds: other work of the background waits for so long. */
const TURN_MS = 250;
/** After each page of events there is a rest, so many times as long as the page took: what it takes of threads that others need is a third at most. */
const REST = 2;
const LONGEST_REST_MS = 2_000;

/** What turns are made of. */
export interface TurnParts {
  readonly events: StoredEvents;
  /** Milliseconds of a clock that only moves on. */
  readonly elapsed: () => number;
  /** Resolves so many milliseconds later. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Goes through stored events in turns, a page at a time with rests between them, so that those that come in are not held up. */
export class PageTurns {
  constructor(private readonly parts: TurnParts) {}

  /**
   * Looks at events for a turn, or to their end.
   * @param look what to do with a page; answers the progress behind it.
   */
  async take<P extends PastProgress>(
    tenant: TenantId,
    span: EventSpan,
    progress: P,
    look: (page: StoredPage, reached: P) => Promise<P>,
  ): Promise<P> {
    const { events, elapsed, pause } = this.parts;
    const ends = elapsed() + TURN_MS;
    let reached = progress;
    do {
      const begun = elapsed();
      reached = await look(await events.page(tenant, span, reached.before), reached);
      if (reached.before !== null) await pause(Math.min(LONGEST_REST_MS, REST * (elapsed() - begun)));
    } while (reached.before !== null && elapsed() < ends);
    return reached;
  }
}
