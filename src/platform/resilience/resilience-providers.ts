import type { Provider } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Metrics } from '../observability/metrics.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { CircuitRecords } from './circuit-records.js';
import { currentDeadline } from './current-deadline.js';
import { OutboundPolicies } from './outbound-policies.js';
import { exposeOutbound } from './outbound-metrics.js';

/** The policies of all calls that leave, seen in metrics and records, and bound by the deadline of the work under way. */
export function resilienceProviders(policies: OutboundPolicies): Provider[] {
  return [
    {
      provide: OutboundPolicies,
      inject: [Metrics, ClsService],
      useFactory: (metrics: Metrics, cls: ClsService<RequestContext>) => {
        policies.obey(() => currentDeadline(cls)?.signal);
        exposeOutbound(policies, metrics.registry);
        return policies;
      },
    },
    CircuitRecords,
  ];
}
