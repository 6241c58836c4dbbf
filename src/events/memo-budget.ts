/** What shares a budget, and can be emptied. */
interface Emptied {
  readonly size: number;
  clear(): void;
}

/**
 * Bounds how many entries several memos hold together, such as one of each tenant: at the bound all of them are emptied, also those
 * that nobody asks any more. What is common is back at once.
 */
export class MemoBudget {
  private readonly filled = new Set<Emptied>();
  private held = 0;

  /** @param most most entries held at a time, over all memos */
  constructor(private readonly most: number) {}

  /** Lets `memo` have one more entry. */
  take(memo: Emptied): void {
    if (this.held >= this.most) for (const each of this.filled) each.clear();
    this.filled.add(memo);
    this.held += 1;
  }

  /** Takes back what `memo` has, which is about to be emptied. */
  giveBack(memo: Emptied): void {
    if (this.filled.delete(memo)) this.held -= memo.size;
  }
}
