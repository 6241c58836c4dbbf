import { setTimeout as wait } from 'node:timers/promises';
import type { TenantId } from '../../contracts/tenant.js';
import type { IndicatorImage } from '../../taa/domain/indicator-image.js';
import type { IndicatorMatcher } from '../../taa/domain/indicator-matcher.js';
import type { IndicatorMatchers } from '../../taa/indicator-matchers.js';
import type { TroubleListener } from './pipeline-listeners.js';

const LOOK_EVERY_MS = 1_000;
const TENANTS_A_LOOK = 50;
/** Longest that a tenant's first events wait for its indicators to be compiled. */
const PATIENCE_MS = 5_000;
/** Changes that come one right after another are brought together. */
const SETTLE_MS = 100;

/**
 * Tells which indicators are in force for the tenants that threads serve, and when they are others: at once where this process has changed them, else by looking
 * for changes of other processes, of fifty tenants a second in turns.
 */
export class IndicatorWatch {
  /** The tenants that are looked after, with what their threads have. */
  private readonly given = new Map<TenantId, IndicatorMatcher | undefined>();
  private readonly changed = new Set<TenantId>();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;
  private hasStopped = false;

  /** Those of them whose indicators could not be brought in force when that was tried last. */
  private readonly failing = new Set<TenantId>();
  private others: (tenant: TenantId) => void = () => undefined;

  constructor(
    private readonly matchers: Pick<IndicatorMatchers, 'of' | 'onChange'>,
    private readonly onTrouble: TroubleListener,
  ) {
    matchers.onChange((tenant) => this.note(tenant));
    this.timer = setInterval(() => this.look([...this.given.keys()].slice(0, TENANTS_A_LOOK)), LOOK_EVERY_MS);
    this.timer.unref();
  }

  /**
   * What is in force for a tenant, which is looked after from now on; null where that is nothing, or cannot be told yet. Where what is new cannot be read or
   * compiled, or takes its time, that is what was in force before.
   */
  async of(tenant: TenantId): Promise<IndicatorImage | null> {
    if (!this.given.has(tenant)) this.given.set(tenant, undefined);
    const patience = new AbortController();
    const made = await Promise.race([
      this.made(tenant),
      wait(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
    ]);
    patience.abort();
    const matcher = made ?? this.given.get(tenant);
    if (this.given.has(tenant)) this.given.set(tenant, matcher);
    return matcher === undefined || matcher.isEmpty ? null : matcher.image;
  }

  /** Has a listener hear of tenants whose indicators are to be asked for again. */
  onOthers(listener: (tenant: TenantId) => void): void {
    this.others = listener;
  }

  forget(tenant: TenantId): void {
    this.given.delete(tenant);
    this.failing.delete(tenant);
  }

  async stop(): Promise<void> {
    this.hasStopped = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /** `undefined` where it fails, which is told of once until it succeeds. */
  private async made(tenant: TenantId): Promise<IndicatorMatcher | undefined> {
    try {
      const matcher = await this.matchers.of(tenant);
      this.failing.delete(tenant);
      return matcher;
    } catch (error) {
      if (!this.given.has(tenant) || this.failing.has(tenant)) return undefined;
      this.failing.add(tenant);
      this.onTrouble('indicators.failed', tenant, error instanceof Error ? (error.stack ?? error.message) : String(error));
      return undefined;
    }
  }

  private note(tenant: TenantId): void {
    if (!this.given.has(tenant) || this.hasStopped) return;
    if (this.changed.size === 0) setTimeout(() => this.look([]), SETTLE_MS).unref();
    this.changed.add(tenant);
  }

  /** One look at a time; what changes during one is looked at in the next. */
  private look(due: readonly TenantId[]): void {
    if (this.isLooking || this.hasStopped) return;
    const tenants = new Set([...this.changed, ...due]);
    this.changed.clear();
    this.isLooking = true;
    this.looking = this.compare(tenants).finally(() => {
      this.isLooking = false;
    });
  }

  private async compare(tenants: ReadonlySet<TenantId>): Promise<void> {
    for (const tenant of tenants) {
      if (!this.given.has(tenant)) continue;
      const known = this.given.get(tenant);
      this.given.delete(tenant);
      this.given.set(tenant, known);
      // What cannot be read now is looked at again in its turn.
      const matcher = (await this.made(tenant)) ?? known;
      if (this.hasStopped) return;
      if (matcher !== this.given.get(tenant) && this.given.has(tenant)) this.others(tenant);
    }
  }
}
