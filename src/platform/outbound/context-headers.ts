import type { ClsService } from 'nestjs-cls';
import type { RequestContext } from '../tenancy/request-context.js';

/** The headers by which a call that leaves carries on for whom and in the course of what it is made; none outside a request and a piece of work. */
export function contextHeaders(cls: ClsService<RequestContext>): Readonly<Record<string, string>> {
  if (!cls.isActive()) return {};
  const tenant = cls.get('tenant');
  const correlationId = cls.get('correlationId');
  return { ...(tenant ? { 'X-Tenant-ID': tenant } : {}), ...(correlationId ? { 'X-Correlation-ID': correlationId } : {}) };
}
