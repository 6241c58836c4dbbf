/**
 * Remembers what was derived from strings that keep coming back (hosts, users, channels). Emptied when full: what attackers
 * fill it with is gone soon, and what is common is back at once.
 */
export class BoundedMemo<Value> {
  private readonly entries = new Map<string, Value>();

  /** @param capacity most entries held at a time */
  constructor(private readonly capacity: number) {}

  get(key: string): Value | undefined {
    return this.entries.get(key);
  }

  /** Remembers and returns `value`. */
  set(key: string, value: Value): Value {
    if (this.entries.size >= this.capacity) this.entries.clear();
    this.entries.set(key, value);
    return value;
  }
}
