import { isAllowanceEntry } from '../../platform/outbound/allowance.js';
import type { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import type { ProblemDetail } from '../../platform/problems/problem.js';
import type { TenantSettings } from '../../platform/tenancy/tenant.js';

/** What is wrong with where a tenant's webhooks go, as far as can be told before they are called. */
export function webhookFaults({ webhooks, outbound_allow }: TenantSettings, outbound: OutboundHttp): readonly ProblemDetail[] {
  const entries = outbound_allow.flatMap((entry, at) =>
    isAllowanceEntry(entry)
      ? []
      : [{ pointer: `/outbound_allow/${at}`, code: 'not_an_allowance', detail: 'must be an address block (CIDR) or a host name' }],
  );
  const urls = Object.entries(webhooks).flatMap(([name, url]) => {
    const fault = url === null ? undefined : outbound.fault(url, outbound_allow);
    return fault ? [{ pointer: `/webhooks/${name}`, ...fault }] : [];
  });
  return [...entries, ...urls];
}
