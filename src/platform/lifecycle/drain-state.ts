/** Who or what asked for a drain. */
export type DrainReason = NodeJS.Signals | 'admin' | 'error';

/** Whether the process is on its way out; readiness says so before anything closes. */
export class DrainState {
  private stage: 'serving' | 'draining' | 'stopped' = 'serving';
  private readonly listeners: ((reason: DrainReason) => void)[] = [];

  get isDraining(): boolean {
    return this.stage !== 'serving';
  }

  /** Nothing new is taken any more; what still arrives is to be sent elsewhere. */
  get isStopped(): boolean {
    return this.stage === 'stopped';
  }

  /** Begins to drain; false where that had begun before. */
  begin(reason: DrainReason): boolean {
    if (this.isDraining) return false;
    this.stage = 'draining';
    for (const listener of this.listeners) listener(reason);
    return true;
  }

  stop(): void {
    this.stage = 'stopped';
  }

  onBegin(listener: (reason: DrainReason) => void): void {
    this.listeners.push(listener);
  }
}
