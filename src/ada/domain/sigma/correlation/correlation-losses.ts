/** What correlations have lost, over all tenants of a thread, since it was last asked for. */
export class CorrelationLosses {
  private evicted = 0;
  private late = 0;

  /** Adds groups that were let go of for want of room, and events that came too late to be counted. */
  add(evicted: number, late: number): void {
    this.evicted += evicted;
    this.late += late;
  }

  /** Answers the counts and begins anew. */
  take(): { readonly evicted: number; readonly late: number } {
    const { evicted, late } = this;
    this.evicted = this.late = 0;
    return { evicted, late };
  }
}
