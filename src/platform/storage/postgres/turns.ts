/** One at a time, in the order of asking. */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** Waits for its turn; answers how to end it. */
  async take(): Promise<() => void> {
    const before = this.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.last = promise;
    await before;
    return resolve;
  }
}
