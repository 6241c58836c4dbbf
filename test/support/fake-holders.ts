import { randomUUID } from 'node:crypto';
import { WorkHolders } from '../../src/platform/work-queue/work-holders.js';

/** A process among others that a test makes and ends; those that share `alive` see one another. */
export class FakeHolders extends WorkHolders {
  private readonly own = randomUUID();
  private readonly claims = new Set<string>();
  private claimed = 0;

  constructor(private readonly alive = new Set<string>()) {
    super();
    alive.add(this.own);
  }

  async begin(): Promise<string> {
    const holder = `${this.own}/${++this.claimed}`;
    this.claims.add(holder);
    return holder;
  }

  end(holder: string): void {
    this.claims.delete(holder);
  }

  async gone(holders: readonly string[]): Promise<readonly string[]> {
    return holders.filter((holder) => {
      const [process = ''] = holder.split('/');
      return process === this.own ? !this.claims.has(holder) : !this.alive.has(process);
    });
  }

  /** The process is killed. */
  kill(): void {
    this.alive.delete(this.own);
  }
}
