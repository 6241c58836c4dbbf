import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a turn of work in the background lasts. */
const LONG_MS = 300;

/** What looks at pages of events passes it, and can be held at some page. */
export class PageGate {
  private left: number | undefined;
  private gate = Promise.withResolvers<Error | undefined>();
  private arrival = Promise.withResolvers<void>();

  /** Holds whatever comes after some pages, each of which takes a turn. */
  hold({ after }: { readonly after: number }): void {
    this.left = after;
    this.gate = Promise.withResolvers();
    this.arrival = Promise.withResolvers();
  }

  /** Resolves once something is held. */
  held(): Promise<void> {
    return this.arrival.promise;
  }

  /** Lets everything go on, or fail. */
  release(failure?: Error): void {
    this.left = undefined;
    this.gate.resolve(failure);
  }

  /** Resolves once a page may be looked at. @throws what it was released with. */
  async pass(): Promise<void> {
    if (this.left === undefined) return;
    if (this.left > 0) {
      this.left -= 1;
      await sleep(LONG_MS);
      return;
    }
    this.arrival.resolve();
    const failure = await this.gate.promise;
    if (failure) throw failure;
  }
}
