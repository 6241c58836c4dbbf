import { readConfig } from '../../src/platform/config/environment.js';
import { OutboundPolicies, type PolicySources } from '../../src/platform/resilience/outbound-policies.js';

/** Policies as an environment with these variables has them. */
export function policiesWith(env: Readonly<Record<string, string>> = {}, sources: PolicySources = {}): OutboundPolicies {
  return new OutboundPolicies(readConfig(env).resilience, sources);
}
