import type { ClsService } from 'nestjs-cls';
import { currentSpan } from '../observability/tracing/active-span.js';
import type { RequestContext } from '../tenancy/request-context.js';

/** The headers by which a call that leaves carries on for whom and in the course of what it is made; none outside a request and a piece of work. A trace's state is
 * what proxies in front wrote for one another, and stays here. */
export function contextHeaders(cls: ClsService<RequestContext>): Readonly<Record<string, string>> {
  const traceparent = currentSpan()?.traceparent;
  const trace = traceparent ? { traceparent } : {};
  if (!cls.isActive()) return trace;
  const tenant = cls.get('tenant');
  const correlationId = cls.get('correlationId');
  return { ...trace, ...(tenant ? { 'X-Tenant-ID': tenant } : {}), ...(correlationId ? { 'X-Correlation-ID': correlationId } : {}) };
}
