import { NumberedHolders } from '../../src/platform/work-queue/numbered-holders.js';

/** A process among others that a test makes and ends; those that share `alive` see one another. */
export class FakeHolders extends NumberedHolders {
  constructor(private readonly alive = new Set<string>()) {
    super();
    alive.add(this.own);
  }

  /** The process is killed. */
  kill(): void {
    this.alive.delete(this.own);
  }

  protected async enter(): Promise<void> {
    // It is seen by `alive`.
  }

  protected async endedAmong(processes: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    return new Set([...processes].filter((process) => !this.alive.has(process)));
  }
}
