import type { TenantId } from '../contracts/tenant.js';
import { Problem, notFound } from '../platform/problems/problem.js';
import type { AllowLists } from './domain/allow-lists.js';
import type { Indicator, UnsupportedIndicator } from './domain/indicator.js';
import { type IndicatorChange, type IndicatorFilter, IndicatorStore } from './domain/indicator-store.js';
import { readStixObjects } from './domain/stix-bundle.js';
import type { MatcherCompiler } from './domain/stix/compile-test.js';
import { IndicatorMatchers } from './indicator-matchers.js';

/** The source of indicators that people and programs send. */
export const API_SOURCE = 'api';

/** What became of a bundle. */
export interface ImportResult {
  readonly accepted: number;
  readonly updated: number;
  readonly unsupported: readonly UnsupportedIndicator[];
}

/** An indicator as users see it. */
export interface ShownIndicator extends Indicator {
  /** Some of its values are on an allow-list, and so are not matched. */
  readonly allow_listed: boolean;
}

/** Reading and changing a tenant's own indicators. */
export class IndicatorsService {
  constructor(
    private readonly store: IndicatorStore,
    private readonly matchers: IndicatorMatchers,
    private readonly compile: MatcherCompiler,
    private readonly allowLists: AllowLists,
  ) {}

  /** Ordered by id; one more than `limit` where there are more. */
  async list(tenant: TenantId, filter: IndicatorFilter, after: string, limit: number): Promise<ShownIndicator[]> {
    return (await this.store.list(tenant, filter, after, limit + 1)).map((indicator) => this.shown(tenant, indicator));
  }

  /** @throws Problem 404. */
  async find(tenant: TenantId, indicatorId: string): Promise<ShownIndicator> {
    const indicator = await this.store.find(tenant, indicatorId);
    if (indicator === undefined) throw notFound();
    return this.shown(tenant, indicator);
  }

  /** Takes the indicators of a STIX bundle; those with an id sent before replace what that id meant. */
  async import(tenant: TenantId, objects: readonly unknown[], change: IndicatorChange): Promise<ImportResult> {
    const { reports, unsupported } = readStixObjects(objects, this.compile);
    const { added, updated } = await this.store.put(tenant, API_SOURCE, reports, change);
    this.matchers.changed(tenant);
    return { accepted: added, updated, unsupported };
  }

  /** @throws Problem 404; 409 for an indicator of a feed, which would come back. */
  async remove(tenant: TenantId, indicatorId: string, change: IndicatorChange): Promise<void> {
    const { source } = await this.find(tenant, indicatorId);
    if (source !== API_SOURCE)
      throw new Problem('conflict', 'This indicator comes from a feed; it is removed when the feed no longer has it.');
    if (!(await this.store.remove(tenant, indicatorId, change))) throw notFound();
    this.matchers.changed(tenant);
  }

  private shown(tenant: TenantId, indicator: Indicator): ShownIndicator {
    const lists = this.allowLists.of(tenant);
    return { ...indicator, allow_listed: indicator.values.some((value) => lists.some((list) => list.covers(value))) };
  }
}
