/** How much the last interval counts for in what is known of the throughput. */
const NEWEST = 0.3;

/** How long events take from their arrival to their answer, as far as the last interval showed it. */
export class QueueDelay {
  private readonly under = new Set<{ readonly begun: number }>();
  private shortest = Number.POSITIVE_INFINITY;
  private ended = 0;
  /** Requests answered a millisecond, smoothed. */
  private throughput = 0;
  private takenAt: number | undefined;

  /** Events have arrived; call what is answered when they are done with. Times are monotonic milliseconds. */
  begin(now = performance.now()): (now?: number) => void {
    const events = { begun: now };
    this.under.add(events);
    return (ended = performance.now()) => {
      if (!this.under.delete(events)) return;
      this.shortest = Math.min(this.shortest, ended - events.begun);
      this.ended += 1;
    };
  }

  /**
   * The shortest time that any took that ended since this was last asked, or, where that is less, what those under way will take at the throughput there is (Little's
   * law): what ended tells of a queue that may be gone. Where none ended, what the one that came last has waited. One large request alone shows no queue.
   */
  take(now = performance.now()): number {
    const { shortest } = this;
    this.shortest = Number.POSITIVE_INFINITY;
    this.measure(now);
    if (Number.isFinite(shortest)) return Math.min(shortest, this.throughput > 0 ? this.under.size / this.throughput : shortest);
    if (this.under.size < 2) return 0;
    return now - Math.max(...[...this.under].map(({ begun }) => begun));
  }

  private measure(now: number): void {
    const elapsed = now - (this.takenAt ?? now);
    this.takenAt = now;
    const newest = elapsed > 0 ? this.ended / elapsed : this.throughput;
    this.throughput = this.throughput === 0 ? newest : this.throughput * (1 - NEWEST) + newest * NEWEST;
    this.ended = 0;
  }
}
