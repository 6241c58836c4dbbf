import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { Metrics } from '../observability/metrics.js';
import { Problem } from '../problems/problem.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import type { RateDecision, Tier } from './gcra.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { RateLimitStore } from './rate-limit-store.js';

const POLICY = 'ingest';

/** A decision with the limit that it was made by. */
export interface IngestDecision extends RateDecision {
  readonly tier: Tier;
  readonly headers: Readonly<Record<string, string>>;
}

/** Limits a tenant's events per second, in events, as its settings say at the time. */
@Injectable()
export class IngestLimiter {
  constructor(
    private readonly store: RateLimitStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** The state of a tenant's limit; `undefined` where there is no such tenant. */
  async look(tenant: TenantId): Promise<IngestDecision | undefined> {
    return this.take(tenant, 0);
  }

  /**
   * Takes `events` from the tenant's bucket.
   * @throws Problem 429, or 413 where the bucket is smaller than that.
   */
  async admit(tenant: TenantId, events: number): Promise<IngestDecision> {
    const decision = await this.take(tenant, events);
    if (!decision) throw new Problem('tenant-not-held', 'Select a tenant that the credential holds.');
    const { outcome, headers, tier } = decision;
    if (outcome === 'admitted') return decision;
    if (outcome === 'too_costly') throw new Problem('too-large', `Send at most ${tier.burst} events in one request.`, { headers });
    this.metrics.rateLimitExceeded.inc({ tenant_id: tenant });
    throw new Problem('rate-limited', `Send it again in ${headers['Retry-After'] ?? '1'} seconds.`, { headers });
  }

  private async take(tenant: TenantId, cost: number): Promise<IngestDecision | undefined> {
    const found = await this.tenants.find(tenant);
    if (!found) return undefined;
    const { ingest_eps: rate, ingest_burst: burst } = found.rate_limits;
    const tier = { rate, burst };
    const decision = await this.store.take(`${POLICY}:${tenant}`, tier, this.clock.now() * 1_000, cost);
    return { ...decision, tier, headers: rateLimitHeaders(POLICY, tier, decision) };
  }
}
