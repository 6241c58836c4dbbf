import type { Dependency } from '../resilience/dependency.js';
import type { OutboundPolicies } from '../resilience/outbound-policies.js';
import { FAILURE } from '../resilience/verdict.js';

/** Redis as something that is called. Whatever a call throws, Redis has not done what it is there for. */
export function redisDependency(policies: OutboundPolicies): Dependency {
  return policies.dependency('redis', 'redis', () => FAILURE);
}
