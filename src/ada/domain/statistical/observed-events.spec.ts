import fc from 'fast-check';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { observeEvent } from './observe-event.js';
import { ObservedEvents } from './observed-events.js';

function event(index: number, user: string): SecurityEvent {
  const line = { Channel: 'Security', EventID: 4624, Computer: 'ws-1', TargetUserName: user };
  const parsed = parseEvent(JSON.stringify(line), { index, declared: 'auto', receivedAt: 0 });
  if (isRejection(parsed)) throw new Error(parsed.detail);
  return parsed;
}

describe('ObservedEvents', () => {
  it('says of each event what it shows, in whatever order and under whatever index it is asked about', () => {
    const events = Array.from({ length: 120 }, (_, n) => event(n % 60, `user-${n}`));
    fc.assert(
      fc.property(fc.array(fc.nat(events.length - 1), { maxLength: 300 }), (asked) => {
        const observed = new ObservedEvents();
        for (const n of asked) expect(observed.of(events[n]!)).toEqual(observeEvent(events[n]!));
      }),
      { numRuns: 50 },
    );
  });

  it('works it out once for the 32 events that were asked about last', () => {
    const observed = new ObservedEvents();
    const events = Array.from({ length: 32 }, (_, n) => event(n + 7, 'ann'));
    const first = events.map((one) => observed.of(one));
    expect(events.every((one, n) => observed.of(one) === first[n])).toBe(true);
  });
});
