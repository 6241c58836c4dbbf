import type { TenantId } from '../../contracts/tenant.js';

interface Turns {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Lets so many requests of a tenant into its thread at once, in the order in which they came: enough that they are stored together, and so few that the thread's collector does not
 * carry them about. Other tenants do not wait for them.
 */
export class IngestTurns {
  private readonly tenants = new Map<TenantId, Turns>();

  constructor(private readonly atOnce: number) {}

  /** Runs `work` in its turn. */
  async run<T>(tenant: TenantId, work: () => Promise<T>): Promise<T> {
    const turns = this.tenants.get(tenant) ?? { running: 0, waiting: [] };
    this.tenants.set(tenant, turns);
    if (turns.running < this.atOnce) turns.running += 1;
    else await new Promise<void>((begin) => turns.waiting.push(begin));
    try {
      return await work();
    } finally {
      this.end(tenant, turns);
    }
  }

  private end(tenant: TenantId, turns: Turns): void {
    const next = turns.waiting.shift();
    if (next) return next();
    turns.running -= 1;
    if (turns.running === 0) this.tenants.delete(tenant);
  }
}
