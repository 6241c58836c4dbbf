import type { EventStore } from '../../mssp/ingest/domain/event-store.js';

/** Most operations that are remembered between two reports. */
const MOST_KEPT = 10_000;

/** An operation of a store, and the seconds that it took. */
export type TimedOperation = readonly [operation: string, seconds: number];

/** The times that a store takes, until they are reported. */
export class StoreTimes {
  private times: TimedOperation[] = [];

  /** Times an operation; beyond a bound, until the next report, it is left out. */
  note(operation: string, seconds: number): void {
    if (this.times.length < MOST_KEPT) this.times.push([operation, seconds]);
  }

  /** What was noted since the last report. */
  take(): readonly TimedOperation[] {
    const { times } = this;
    this.times = [];
    return times;
  }
}

/** The same store, with every operation that answers a promise timed under its name. */
export function measured(store: EventStore, times: StoreTimes): EventStore {
  return new Proxy(store, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...parts: unknown[]): unknown => {
        const begun = performance.now();
        const result: unknown = Reflect.apply(member, target, parts);
        return result instanceof Promise ? result.finally(() => times.note(name, (performance.now() - begun) / 1_000)) : result;
      };
    },
  });
}
