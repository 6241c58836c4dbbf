/** How long events take from their arrival to their answer, as far as the last interval showed it. */
export class QueueDelay {
  private readonly under = new Set<{ readonly begun: number }>();
  private shortest = Number.POSITIVE_INFINITY;

  /** Events have arrived; call what is answered when they are done with. Times are monotonic milliseconds. */
  begin(now = performance.now()): (now?: number) => void {
    const events = { begun: now };
    this.under.add(events);
    return (ended = performance.now()) => {
      if (this.under.delete(events)) this.shortest = Math.min(this.shortest, ended - events.begun);
    };
  }

  /**
   * The shortest time that any took that ended since this was last asked; where none ended, what the one that came last has waited. One large request alone
   * shows no queue.
   */
  take(now = performance.now()): number {
    const { shortest } = this;
    this.shortest = Number.POSITIVE_INFINITY;
    if (Number.isFinite(shortest)) return shortest;
    if (this.under.size < 2) return 0;
    return now - Math.max(...[...this.under].map(({ begun }) => begun));
  }
}
