import type { Dependency } from '../../../../platform/resilience/dependency.js';
import type { OutboundPolicies } from '../../../../platform/resilience/outbound-policies.js';
import { OutboundUnavailable } from '../../../../platform/resilience/outbound-unavailable.js';
import { FAILURE, PASSING_FAILURE, type Verdict } from '../../../../platform/resilience/verdict.js';
import { LakeRefused } from '../../domain/event-lake.js';

/** ClickHouse as something that is called; each tenant's place is a part of it. */
export function clickHouseDependency(policies: OutboundPolicies): Dependency {
  return policies.dependency('clickhouse', 'clickhouse', judge);
}

/** A server that refuses has answered. What is written twice is read once, so everything else may be tried again. */
function judge(error: unknown): Verdict {
  if (error instanceof LakeRefused) return { outcome: 'success', retry: false };
  return error instanceof OutboundUnavailable ? FAILURE : PASSING_FAILURE;
}
