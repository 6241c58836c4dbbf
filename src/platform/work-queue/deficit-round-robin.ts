/**
 * Deficit round robin (Shreedhar and Varghese, 1995), with costs known only after the service: a key is served while it has credit, and then owes what it
 * took beyond that. Every round gives each key the same credit, so what keys that always have work get differs by no more than a
 * quantum and one service. Keys without work are not held.
 */
export class DeficitRoundRobin<Key> {
  /** In the order of their turns: whoever has credit comes before whoever has none. */
  private readonly credits = new Map<Key, number>();
  private readonly serving = new Set<Key>();

  /** @param quantum credit of a round, in units of cost. */
  constructor(private readonly quantum: number) {}

  /** A key has work from now on; its turn comes in the next round. */
  enter(key: Key): void {
    if (!this.credits.has(key)) this.credits.set(key, 0);
  }

  /** A key has no more work: its credit and its debt are forgotten. */
  leave(key: Key): void {
    this.credits.delete(key);
    this.serving.delete(key);
  }

  /** The key to be served next, which is then being served; `undefined` where none waits. */
  next(): Key | undefined {
    const key = this.firstWithCredit() ?? (this.beginRound() ? this.firstWithCredit() : undefined);
    if (key !== undefined) this.serving.add(key);
    return key;
  }

  /** A key was served at this cost, and waits for more. */
  served(key: Key, cost: number): void {
    if (!this.serving.delete(key)) return;
    const credit = (this.credits.get(key) ?? 0) - cost;
    if (credit <= 0) this.credits.delete(key);
    this.credits.set(key, credit);
  }

  private firstWithCredit(): Key | undefined {
    for (const [key, credit] of this.credits) if (credit > 0 && !this.serving.has(key)) return key;
    return undefined;
  }

  /** Gives as many rounds' credit at once as it takes for somebody to have some; false where nobody waits. */
  private beginRound(): boolean {
    let rounds = Number.POSITIVE_INFINITY;
    for (const [key, credit] of this.credits) {
      if (!this.serving.has(key)) rounds = Math.min(rounds, Math.floor(-credit / this.quantum) + 1);
    }
    if (!Number.isFinite(rounds)) return false;
    for (const [key, credit] of this.credits) if (!this.serving.has(key)) this.credits.set(key, credit + rounds * this.quantum);
    return true;
  }
}
