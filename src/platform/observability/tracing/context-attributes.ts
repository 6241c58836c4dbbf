import type { RequestContext } from '../../tenancy/request-context.js';
import type { SpanAttributes } from './active-span.js';

/** Whom a span is for, and in the course of what. */
export function contextAttributes({ tenant, correlationId }: Partial<RequestContext>): SpanAttributes {
  return { ...(tenant ? { 'gatra.tenant_id': tenant } : {}), ...(correlationId ? { 'gatra.correlation_id': correlationId } : {}) };
}
