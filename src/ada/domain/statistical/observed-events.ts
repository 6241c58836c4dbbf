import type { SecurityEvent } from '../../../contracts/security-event.js';
import { type Observed, observeEvent } from './observe-event.js';

/** At least as many events as detectors look at in one turn; a power of two. */
const HELD = 32;

/** What was seen in the events that were asked about last: detectors that look at the same few events one after another work it out once. */
export class ObservedEvents {
  private readonly events: (SecurityEvent | undefined)[] = Array.from({ length: HELD });
  private readonly observed: (Observed | undefined)[] = Array.from({ length: HELD });

  of(event: SecurityEvent): Observed {
    const place = event.index & (HELD - 1);
    const known = this.observed[place];
    if (known !== undefined && this.events[place] === event) return known;
    this.events[place] = event;
    return (this.observed[place] = observeEvent(event));
  }
}
