const WINDOW_MS = 60_000;
const SLOTS = 12;
const SLOT_MS = WINDOW_MS / SLOTS;
/** Retries out of calls. */
const SHARE = 0.1;
/** Retries in a window that may be made however few calls there are. */
const RESERVE = 10;

/**
 * Bounds retries by calls over the last minute (Site Reliability Engineering, ch. 21: a retry budget of 10 % per client): where everything fails, a
 * dependency sees no more than 1.1 times the calls. A few are always allowed, or a dependency that is seldom called would never be tried again.
 */
export class RetryBudget {
  private readonly calls = new Float64Array(SLOTS);
  private readonly retries = new Float64Array(SLOTS);
  private slot = 0;

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number) {}

  /** Notes a call, which is none of the retries. */
  noteCall(): void {
    this.turn();
    this.add(this.calls);
  }

  /** Takes a retry, if there is one left. */
  take(): boolean {
    this.turn();
    if (total(this.retries) + 1 > Math.max(RESERVE, SHARE * total(this.calls))) return false;
    this.add(this.retries);
    return true;
  }

  private add(counts: Float64Array): void {
    const at = this.slot % SLOTS;
    counts[at] = (counts[at] ?? 0) + 1;
  }

  private turn(): void {
    const slot = Math.floor(this.now() / SLOT_MS);
    for (let passed = Math.min(SLOTS, slot - this.slot); passed > 0; passed -= 1) {
      const at = (slot - passed + 1) % SLOTS;
      this.calls[at] = this.retries[at] = 0;
    }
    this.slot = slot;
  }
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
