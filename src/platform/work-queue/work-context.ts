import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { TenantId } from '../../contracts/tenant.js';
import { Tracing } from '../observability/tracing/tracing.js';
import type { RequestContext } from '../tenancy/request-context.js';
import type { ClaimedWork } from './claimed-work.js';

/** What surrounds queued work while it is done: its tenant, its correlation id, and the trace that it was caused in. */
@Injectable()
export class WorkContext {
  constructor(
    private readonly cls: ClsService<RequestContext>,
    private readonly tracing: Tracing,
  ) {}

  /** Does items of one trace as a part of it. @param cut ends the calls that it makes. */
  run(tenant: TenantId, items: readonly ClaimedWork[], cut: AbortSignal, work: () => Promise<void>): Promise<void> {
    const [first] = items;
    const attributes = { 'gatra.work.items': items.length, 'gatra.work.attempt': 1 + Math.max(...items.map(({ attempts }) => attempts)) };
    const from = first?.traceparent ? { traceparent: first.traceparent } : null;
    return this.cls.run(async () => {
      this.cls.set('correlationId', onlyCorrelationOf(items));
      this.cls.set('tenant', tenant);
      this.cls.set('deadline', { signal: cut, at: Infinity });
      await this.tracing.continueFrom(from, { name: `work ${first?.kind ?? ''}`, kind: 'consumer', attributes }, work);
    });
  }
}

/** The correlation id of a batch, where all of it has one: what is said of several at once belongs to none of them alone. */
function onlyCorrelationOf(items: readonly ClaimedWork[]): string {
  const [id = '', ...others] = new Set(items.map((item) => item.correlation_id));
  return others.length === 0 ? id : '';
}
