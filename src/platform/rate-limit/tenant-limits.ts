import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { AlertCount } from './alert-count.js';
import { IngestLimiter, type IngestDecision } from './ingest-limiter.js';
import type { RateLimitPolicyDto, RateLimitStatusDto } from './rate-limit.dto.js';
import { SECOND_MICROS } from './rate-policy.js';

const MINUTE_MS = 60_000;

/** How a tenant's limits stand; asking takes nothing. */
@Injectable()
export class TenantLimits {
  constructor(
    private readonly ingest: IngestLimiter,
    private readonly alerts: AlertCount,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
  ) {}

  /** `undefined` where there is no such tenant. */
  async of(tenant: TenantId): Promise<RateLimitStatusDto | undefined> {
    const [found, state] = await Promise.all([this.tenants.find(tenant), this.ingest.look(tenant)]);
    if (!found || !state) return undefined;
    const now = this.clock.now();
    const raised = await this.alerts.inMinuteOf(tenant, now);
    return { tenant_id: tenant, limits: [ingestState(state), alertState(found.rate_limits.alerts_per_min, raised, now)] };
  }
}

function ingestState({ policy, remaining, resetMicros }: IngestDecision): RateLimitPolicyDto {
  const { name, burst, count, periodMicros } = policy;
  const rate = (count * SECOND_MICROS) / periodMicros;
  return { policy: name, rate, burst, remaining, reset_seconds: Math.ceil(resetMicros / SECOND_MICROS) };
}

/** Alerts are counted by minutes of the wall clock, as what is beyond the limit is folded by minutes. */
function alertState(perMinute: number, raised: number, now: number): RateLimitPolicyDto {
  const reset_seconds = raised === 0 ? 0 : Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1_000);
  return { policy: 'alerts', rate: perMinute / 60, burst: perMinute, remaining: Math.max(0, perMinute - raised), reset_seconds };
}
