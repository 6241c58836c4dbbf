/** Counts observations for which more patterns came into question than are evaluated for one, over all tenants of a thread. */
export class UntriedPatterns {
  private observations = 0;

  note(): void {
    this.observations += 1;
  }

  /** Answers the count and begins anew. */
  take(): number {
    const { observations } = this;
    this.observations = 0;
    return observations;
  }
}
