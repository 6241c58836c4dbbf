import type { Tracing } from '../observability/tracing/tracing.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { ClaimedWork } from './work-store.js';

/**
 * Parts items by the trace that they were caused in, as what is done for several traces at once would be part of none. Items whose traces are not kept
 * stay together: nobody asks which of them it was.
 */
export function byTrace(items: readonly ClaimedWork[]): readonly (readonly ClaimedWork[])[] {
  const groups = Map.groupBy(items, ({ traceparent }) => (isKept(traceparent) ? traceparent : null));
  return [...groups.values()];
}

/** Does items of one trace as a part of it. */
export function inTrace(
  tracing: Tracing,
  { tenant, items }: { readonly tenant: TenantId; readonly items: readonly ClaimedWork[] },
  work: () => Promise<void>,
): Promise<void> {
  const [first] = items;
  const attributes = {
    'gatra.tenant_id': tenant,
    'gatra.work.items': items.length,
    'gatra.work.attempt': 1 + Math.max(...items.map(({ attempts }) => attempts)),
  };
  const from = first?.traceparent ? { traceparent: first.traceparent } : null;
  return tracing.continueFrom(from, { name: `work ${first?.kind ?? ''}`, kind: 'consumer', attributes }, work);
}

/** The last part of a `traceparent` is its flags, whose lowest bit says that the trace is kept. */
function isKept(traceparent: string | null): boolean {
  return traceparent !== null && (Number.parseInt(traceparent.slice(-2), 16) & 1) === 1;
}
