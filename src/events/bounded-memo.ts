import type { MemoBudget } from './memo-budget.js';

/**
 * Remembers what was derived from strings that keep coming back (hosts, users, channels). Emptied when full: what attackers
 * fill it with is gone soon, and what is common is back at once.
 */
export class BoundedMemo<Value> {
  private readonly entries = new Map<string, Value>();

  /**
   * @param capacity most entries held at a time
   * @param budget what it shares with other memos, where these hold much together
   */
  constructor(
    private readonly capacity: number,
    private readonly budget?: MemoBudget,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    return this.entries.get(key);
  }

  /** Remembers and returns `value`. */
  set(key: string, value: Value): Value {
    if (!this.entries.has(key)) this.makeRoom();
    this.entries.set(key, value);
    return value;
  }

  /** Forgets everything. */
  clear(): void {
    this.budget?.giveBack(this);
    this.entries.clear();
  }

  private makeRoom(): void {
    if (this.entries.size >= this.capacity) this.clear();
    this.budget?.take(this);
  }
}
