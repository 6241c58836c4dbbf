import { randomUUID } from 'node:crypto';
import { WorkHolders } from './work-holders.js';

/** Claims named `{process}/{number}`: of its own ones a process knows itself which have ended, of the others' by whether those processes have. */
export abstract class NumberedHolders extends WorkHolders {
  protected readonly own = randomUUID();
  private readonly claims = new Set<string>();
  private claimed = 0;

  async begin(): Promise<string> {
    await this.enter();
    const holder = `${this.own}/${++this.claimed}`;
    this.claims.add(holder);
    return holder;
  }

  end(holder: string): void {
    this.claims.delete(holder);
  }

  async gone(holders: readonly string[]): Promise<readonly string[]> {
    const others = new Set(holders.map(processOf).filter((process) => process !== this.own));
    const ended = others.size === 0 ? others : await this.endedAmong(others);
    return holders.filter((holder) => (processOf(holder) === this.own ? !this.claims.has(holder) : ended.has(processOf(holder))));
  }

  /** Shows this process to the others, if it does not yet. */
  protected abstract enter(): Promise<void>;

  /** Of other processes, those that have ended, or stand still. */
  protected abstract endedAmong(processes: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

function processOf(holder: string): string {
  return holder.split('/')[0] ?? '';
}
