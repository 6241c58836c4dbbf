import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { BusinessEvents } from '../../platform/observability/business-events.js';
import { Problem } from '../../platform/problems/problem.js';
import type { LoadWatch } from '../../platform/shedding/load-watch.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { DeliveredBatch } from './domain/held-deliveries.js';
import type { IntakeGate } from './domain/intake-gate.js';
import type { IngestService } from './ingest.service.js';
import { busy } from './request-body.js';

/** What stands between a delivery and its being stored: what does between a request and its answer. */
export interface IntakeParts {
  readonly ingest: Pick<IngestService, 'refuseFull' | 'take'>;
  readonly gate: IntakeGate;
  readonly load: Pick<LoadWatch, 'admits'>;
  readonly tenants: Pick<TenantDirectory, 'find'>;
  readonly clock: Clock;
  readonly events: BusinessEvents;
}

/** Whose events a subscription brings, and how they are to be read. The tenant is configured; nothing in a message says it. */
export interface SubscribedTenant {
  readonly tenant: TenantId;
  readonly source: string | undefined;
  /** Where the names of its messages are unique. */
  readonly stream: string;
}

const LF = Buffer.from('\n');

/**
 * Stores what a subscription brings as ingest requests are stored: behind the same limits, counted in the same account, inspected before it is acknowledged.
 *
 * Messages come again, and then in other batches than before, so no key of a batch would know them. Each event is known by what its source calls it, or by its
 * message's id and its place in it: whatever it comes with, it is stored once within the time that identities are kept.
 */
export class SubscriptionIntake {
  private readonly logger = new Logger('Subscriptions');

  constructor(
    private readonly owner: SubscribedTenant,
    private readonly parts: IntakeParts,
  ) {}

  /** Most events that one submission of the tenant may have. @throws Problem where it may have none. */
  async mostEvents(configured: number): Promise<number> {
    const tenant = await this.parts.tenants.find(this.owner.tenant);
    if (tenant?.status !== 'active') throw new Problem('tenant-suspended', 'the tenant of the subscription is not served at present');
    return Math.min(configured, tenant.rate_limits.ingest_burst);
  }

  /** Resolves once all events are stored, duplicates and rejections counted. @throws Problem where they are not taken now, and Error. */
  async store({ events, bytes }: DeliveredBatch): Promise<void> {
    const { ingest, gate, load, clock } = this.parts;
    const { tenant, source, stream } = this.owner;
    if (!load.admits('ingest')) throw busy();
    await ingest.refuseFull(tenant);
    const place = gate.enter(tenant, bytes);
    if (!place) {
      this.parts.events.ingestSaturated(tenant);
      throw busy();
    }
    try {
      const { answer } = await ingest.take(tenant, {
        body: joined(events.map(({ line }) => line)),
        form: 'lines',
        source,
        correlationId: `sub-${uuidv7()}`,
        idempotencyKey: undefined,
        receivedAt: clock.now(),
        names: { stream, keys: events.map(({ key }) => key) },
      });
      if (answer.rejected.length > 0) {
        const [{ code } = { code: '' }] = answer.rejected;
        const facts = { event: 'subscription.rejected', tenant_id: tenant, batch_id: answer.batch_id, rejected: answer.rejected.length };
        this.logger.warn({ ...facts, first_code: code }, 'events of a subscription cannot be read, and do not come again');
      }
    } finally {
      place.leave();
    }
  }
}

/** Lines in memory of their own, which can be handed to another thread. */
function joined(lines: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(lines.reduce((sum, { length }) => sum + length + 1, 0));
  let at = 0;
  for (const line of lines) {
    body.set(line, at);
    body.set(LF, at + line.length);
    at += line.length + 1;
  }
  return body;
}
