import { toEvent, toRule } from '../../../../test/support/sigma/one-rule.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { measureRule } from './measure-rule.js';

const RULE = toRule({ s: { a: 'b' }, condition: 's' });

/** A clock that goes on by so many milliseconds whenever the rule looks into an event. */
class LookClock {
  ms = 0;
  looks = 0;

  constructor(private readonly perLook: (look: number) => number) {}

  event(value: string): SecurityEvent {
    const field = (): unknown => {
      this.looks += 1;
      this.ms += this.perLook(this.looks);
      return value;
    };
    return { ...toEvent({}), field };
  }
}

describe('measureRule', () => {
  it('says what one event takes, and how many match', () => {
    const clock = new LookClock(() => 0.02);
    const events = ['b', 'c', 'b'].map((value) => clock.event(value));
    const { matches, micros } = measureRule(RULE, events, () => clock.ms);
    expect(matches).toBe(2);
    expect(micros).toBeCloseTo(20);
  });

  it('goes by the best of three rounds, and not by the first look, in which the rule is compiled', () => {
    const isSlow = (look: number): boolean => look <= 6 || look > 9;
    const clock = new LookClock((look) => (isSlow(look) ? 5 : 0.02));
    const events = ['b', 'c', 'b'].map((value) => clock.event(value));
    expect(measureRule(RULE, events, () => clock.ms).micros).toBeCloseTo(20);
    expect(clock.looks).toBe(12);
  });

  it('repeats what takes less than a look at the clock', () => {
    const clock = new LookClock(() => 0.001);
    const { micros } = measureRule(RULE, [clock.event('b')], () => (clock.ms += 0.005));
    expect(micros).toBeGreaterThan(0.99);
    expect(micros).toBeLessThan(1.2);
  });

  it('is not deceived by what holds the thread up in a round that would be over at once', () => {
    const clock = new LookClock((look) => (look === 2 ? 5 : 0.001));
    expect(measureRule(RULE, [clock.event('b')], () => (clock.ms += 0.005)).micros).toBeLessThan(1.2);
  });

  it('repeats what takes long no more than it must', () => {
    const looksAt = (perLook: number): number => {
      const clock = new LookClock(() => perLook);
      expect(measureRule(RULE, [clock.event('b')], () => clock.ms, 1).micros).toBeCloseTo(perLook * 1_000);
      return clock.looks;
    };
    expect(looksAt(0.1)).toBe(4);
    expect(looksAt(0.6)).toBe(3);
    expect(looksAt(60)).toBe(3);
  });

  it('ends where the clock stands still', () => {
    const clock = new LookClock(() => 0);
    expect(measureRule(RULE, [clock.event('b')], () => clock.ms)).toEqual({ matches: 1, micros: 0 });
  });
});
