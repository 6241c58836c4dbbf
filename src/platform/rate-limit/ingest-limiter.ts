import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { BusinessEvents } from '../observability/business-events.js';
import { Problem } from '../problems/problem.js';
import type { TenantRateLimits } from '../tenancy/tenant.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import type { RateDecision } from './gcra.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { RateLimits } from './rate-limits.js';
import { perSecond, type RatePolicy } from './rate-policy.js';

/** A decision with the limit that it was made by. */
export interface IngestDecision extends RateDecision {
  readonly policy: RatePolicy;
  readonly headers: Readonly<Record<string, string>>;
}

/** Limits a tenant's events per second, in events, as its settings say at the time. */
@Injectable()
export class IngestLimiter {
  constructor(
    private readonly limits: RateLimits,
    private readonly tenants: TenantDirectory,
    private readonly events: BusinessEvents,
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
    const { outcome, headers, policy } = decision;
    if (outcome === 'admitted') return decision;
    if (outcome === 'too_costly') throw new Problem('too-large', `Send at most ${policy.burst} events in one request.`, { headers });
    this.events.rateLimitExceeded(tenant);
    throw rateLimited(policy, headers);
  }

  /**
   * Refuses a request whose events are not known where one of `most` events would not fit; takes nothing. Waiting out its `Retry-After` makes
   * room for as many.
   * @throws Problem 429
   */
  async refuseUnlessFits(tenant: TenantId, most: number): Promise<void> {
    const decision = await this.look(tenant);
    if (!decision) return;
    const { policy, remaining } = decision;
    const missing = Math.min(most, policy.burst) - remaining;
    if (missing <= 0) return;
    this.events.rateLimitExceeded(tenant);
    const retryAfterMicros = Math.ceil((missing * policy.periodMicros) / policy.count);
    const headers = rateLimitHeaders(policy, { ...decision, outcome: 'limited', retryAfterMicros });
    throw rateLimited(policy, { ...headers, Connection: 'close' });
  }

  /** Fills the tenant's bucket again; false where there is no such tenant. @throws Problem 503 */
  async reset(tenant: TenantId): Promise<boolean> {
    const found = await this.tenants.find(tenant);
    if (found) await this.limits.reset(tenant, [ingestPolicy(found.rate_limits)]);
    return found !== undefined;
  }

  private async take(tenant: TenantId, cost: number): Promise<IngestDecision | undefined> {
    const found = await this.tenants.find(tenant);
    if (!found) return undefined;
    const policy = ingestPolicy(found.rate_limits);
    const { decisions } = await this.limits.take(tenant, [{ policy, cost }]);
    const [decision] = decisions;
    if (!decision) throw new Error('a limit was not decided on');
    return { ...decision, policy, headers: rateLimitHeaders(policy, decision) };
  }
}

/** The limit on a tenant's events. */
export function ingestPolicy({ ingest_eps, ingest_burst }: TenantRateLimits): RatePolicy {
  return perSecond('ingest', ingest_eps, ingest_burst);
}

/** 429 by one limit, with the headers that say so. */
export function rateLimited({ name }: RatePolicy, headers: Readonly<Record<string, string>>): Problem {
  const detail = `Send it again in ${headers['Retry-After'] ?? '1'} seconds.`;
  return new Problem('rate-limited', detail, { headers, members: { 'violated-policies': [name] } });
}
