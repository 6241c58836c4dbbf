import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { TenantId } from '../contracts/tenant.js';

/** Whose rules are checked, and how. */
export interface CheckedTenants {
  readonly tenants: () => readonly TenantId[];
  readonly check: (tenant: TenantId) => Promise<unknown>;
}

const FIRST_MS = 60_000;
const SOON_MS = 5_000;
/** Between two checks lies so many times what the first has taken, so that canaries have at most a twentieth of a thread. */
const REST = 19;
const LONGEST_REST_MS = 10_000;
/** So many failures in a row end a round: what keeps all from being checked is not mended by trying on. */
const MOST_FAILURES = 3;

/**
 * Has the rules of all tenants checked every so often, one tenant after another, and those of a tenant soon after they may have changed. A round that takes
 * longer than the time between two goes on: who waits longest comes first.
 */
export class LivenessRounds {
  private readonly logger = new Logger(LivenessRounds.name);
  private readonly due = new Set<TenantId>();
  private readonly doubted = new Set<TenantId>();
  private readonly stopping = new AbortController();
  private timers: NodeJS.Timeout[] = [];
  private work: Promise<void> | undefined;

  /** @param everyMs 0 checks nothing by itself. */
  constructor(
    private readonly checked: CheckedTenants,
    private readonly everyMs: number,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  start(): void {
    if (this.everyMs === 0) return;
    this.later(Math.min(FIRST_MS, this.everyMs), () => {
      void this.round();
      const timer = setInterval(() => void this.round(), this.everyMs);
      this.timers.push(timer.unref());
    });
  }

  /** Checks all tenants; resolves once nobody waits. */
  round(): Promise<void> {
    return this.checkAll(this.checked.tenants());
  }

  /** What a tenant's rules do may be something else from now on: they are checked before long, changes that follow on one another once. */
  doubt(tenant: TenantId): void {
    if (this.everyMs === 0 || this.stopping.signal.aborted) return;
    if (this.doubted.size === 0) this.later(SOON_MS, () => void this.settleDoubts());
    this.doubted.add(tenant);
  }

  /** Checks the tenants whose rules are in doubt. */
  settleDoubts(): Promise<void> {
    const tenants = [...this.doubted];
    this.doubted.clear();
    return this.checkAll(tenants);
  }

  forget(tenant: TenantId): void {
    this.due.delete(tenant);
    this.doubted.delete(tenant);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    await this.work;
  }

  private later(ms: number, work: () => void): void {
    this.timers = [...this.timers.slice(-8), setTimeout(work, ms).unref()];
  }

  private checkAll(tenants: readonly TenantId[]): Promise<void> {
    for (const tenant of tenants) this.due.add(tenant);
    this.work ??= Promise.resolve()
      .then(() => this.checkDue())
      .finally(() => (this.work = undefined));
    return this.work;
  }

  private async checkDue(): Promise<void> {
    let failures = 0;
    for (let [tenant] = this.due; tenant !== undefined && !this.stopping.signal.aborted; [tenant] = this.due) {
      this.due.delete(tenant);
      const begun = this.elapsed();
      failures = (await this.isChecked(tenant)) ? 0 : failures + 1;
      if (failures >= MOST_FAILURES) this.due.clear();
      if (this.due.size > 0) await this.rest(REST * (this.elapsed() - begun));
    }
  }

  private async isChecked(tenant: TenantId): Promise<boolean> {
    try {
      await this.checked.check(tenant);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, event: 'rules.unchecked', tenant_id: tenant }, 'no canary came through');
      return false;
    }
  }

  private async rest(ms: number): Promise<void> {
    await wait(Math.min(ms, LONGEST_REST_MS), undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
