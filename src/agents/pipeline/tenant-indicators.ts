import type { EventIndicators } from '../../contracts/event-indicators.js';
import type { TenantId } from '../../contracts/tenant.js';
import { compileLinearMatcher } from '../../taa/adapters/linear-text-matcher.js';
import { EventMatcher } from '../../taa/domain/event-matcher.js';
import type { IndicatorImage } from '../../taa/domain/indicator-image.js';
import { IndicatorMatcher } from '../../taa/domain/indicator-matcher.js';
import { UntriedPatterns } from '../../taa/domain/untried-patterns.js';

/** The indicators of a thread's tenants. Their images are in memory that threads share, so a new one costs the thread next to nothing. */
export class TenantIndicators {
  /** Events for which not all patterns were evaluated that came into question. */
  readonly untried = new UntriedPatterns();
  private readonly matchers = new Map<TenantId, EventIndicators>();

  /** @param image null where the tenant has no indicators. */
  set(tenant: TenantId, image: IndicatorImage | null): void {
    if (image === null) this.matchers.delete(tenant);
    else this.matchers.set(tenant, new EventMatcher(new IndicatorMatcher(image, compileLinearMatcher, this.untried)));
  }

  of(tenant: TenantId): EventIndicators | undefined {
    return this.matchers.get(tenant);
  }

  forget(tenant: TenantId): void {
    this.matchers.delete(tenant);
  }
}
