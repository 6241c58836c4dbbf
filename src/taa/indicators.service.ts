import { Injectable } from '@nestjs/common';
import type { TenantId } from '../contracts/tenant.js';
import { Problem, notFound } from '../platform/problems/problem.js';
import type { Indicator, UnsupportedIndicator } from './domain/indicator.js';
import { type IndicatorChange, type IndicatorFilter, IndicatorStore } from './domain/indicator-store.js';
import { readStixObjects } from './domain/stix-bundle.js';
import { IndicatorMatchers } from './indicator-matchers.js';

/** The source of indicators that people and programs send. */
export const API_SOURCE = 'api';

/** What became of a bundle. */
export interface ImportResult {
  readonly accepted: number;
  readonly updated: number;
  readonly unsupported: readonly UnsupportedIndicator[];
}

/** Reading and changing a tenant's own indicators. */
@Injectable()
export class IndicatorsService {
  constructor(
    private readonly store: IndicatorStore,
    private readonly matchers: IndicatorMatchers,
  ) {}

  /** Ordered by id; one more than `limit` where there are more. */
  async list(tenant: TenantId, filter: IndicatorFilter, after: string, limit: number): Promise<Indicator[]> {
    return this.store.list(tenant, filter, after, limit + 1);
  }

  /** @throws Problem 404. */
  async find(tenant: TenantId, indicatorId: string): Promise<Indicator> {
    const indicator = await this.store.find(tenant, indicatorId);
    if (indicator === undefined) throw notFound();
    return indicator;
  }

  /** Takes the indicators of a STIX bundle; those with an id sent before replace what that id meant. */
  async import(tenant: TenantId, objects: readonly unknown[], change: IndicatorChange): Promise<ImportResult> {
    const { reports, unsupported } = readStixObjects(objects);
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
}
