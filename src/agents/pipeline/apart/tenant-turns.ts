import type { TenantId } from '../../../contracts/tenant.js';

/** Bounds of turns. */
export interface TurnLimits {
  readonly atOnce: number;
  readonly waiting: number;
  readonly waitingOfTenant: number;
  /** Longest wait for a turn, in milliseconds. */
  readonly batchMs: number;
}

interface Waiting {
  readonly tenant: TenantId;
  readonly begin: () => void;
}

/** Gives out turns: a few at once, one a tenant, the tenant that has waited longest first. */
export class TenantTurns {
  private readonly busy = new Set<TenantId>();
  private waiting: Waiting[] = [];

  constructor(private readonly limits: TurnLimits) {}

  /** Resolves with what ends the turn once it has come; with nothing where too many wait, or it did not come in time. */
  take(tenant: TenantId): Promise<(() => void) | undefined> {
    if (this.isFree(tenant)) return Promise.resolve(this.begin(tenant));
    const ofTenant = this.waiting.filter((other) => other.tenant === tenant).length;
    if (this.waiting.length >= this.limits.waiting || ofTenant >= this.limits.waitingOfTenant) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        tenant,
        begin: () => {
          clearTimeout(timer);
          resolve(this.begin(tenant));
        },
      };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== waiting);
        resolve(undefined);
      }, this.limits.batchMs);
      this.waiting.push(waiting);
    });
  }

  private isFree(tenant: TenantId): boolean {
    return this.busy.size < this.limits.atOnce && !this.busy.has(tenant);
  }

  private begin(tenant: TenantId): () => void {
    this.busy.add(tenant);
    return () => {
      this.busy.delete(tenant);
      this.next(tenant);
    };
  }

  /** A tenant that has just had a turn comes after all others. */
  private next(last: TenantId): void {
    const free = this.waiting.filter(({ tenant }) => this.isFree(tenant));
    const waiting = free.find(({ tenant }) => tenant !== last) ?? free[0];
    if (!waiting) return;
    this.waiting = this.waiting.filter((other) => other !== waiting);
    waiting.begin();
  }
}
