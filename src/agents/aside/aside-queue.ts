/** Work that waits for its turn. */
interface Waiting {
  readonly isUrgent: boolean;
  readonly run: () => Promise<void>;
}

/** Does one thing at a time, in the order in which it came; what is urgent comes before what is not. */
export class AsideQueue {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  /** Resolves with what came of `work`. */
  add<T>(work: () => Promise<T>, isUrgent: boolean): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = (): Promise<void> => work().then(resolve, reject);
    const place = isUrgent ? this.waiting.findIndex((other) => !other.isUrgent) : -1;
    this.waiting.splice(place === -1 ? this.waiting.length : place, 0, { isUrgent, run });
    this.running ??= this.runAll();
    return promise;
  }

  private async runAll(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await next.run();
    this.running = undefined;
  }
}
