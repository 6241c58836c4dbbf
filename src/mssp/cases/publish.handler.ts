import type { TenantId } from '../../contracts/tenant.js';
import type { Metrics } from '../../platform/observability/metrics.js';
import { WorkHandler, type WorkItem } from '../../platform/work-queue/work-item.js';
import { outgoing } from './domain/alert-message.js';
import type { AlertOutbox } from './domain/alert-outbox.js';
import type { AlertPublisher } from './domain/alert-publisher.js';
import { PUBLISH } from './domain/case-work.js';

const MESSAGES_AT_ONCE = 200;

/**
 * Publishes what happened to alerts, an alert's messages in their order. A message is forgotten once it is published: one that was published
 * and not forgotten, because the process ended in between, is published again under the id that it had.
 */
export class PublishHandler extends WorkHandler {
  readonly kind = PUBLISH;
  override readonly batchSize = 100;
  override readonly waitsOutside = true;

  constructor(
    private readonly outbox: AlertOutbox,
    private readonly publisher: AlertPublisher,
    private readonly metrics: Pick<Metrics, 'alertsPublished'>,
  ) {
    super();
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    const alerts = items.map(({ key }) => key);
    for (;;) {
      const messages = await this.outbox.waiting(tenant, alerts, MESSAGES_AT_ONCE);
      if (messages.length === 0) return;
      await this.publisher.publish(tenant, messages.map(outgoing));
      this.metrics.alertsPublished.inc({ tenant_id: tenant }, messages.length);
      await this.outbox.remove(tenant, messages);
      if (messages.length < MESSAGES_AT_ONCE) return;
    }
  }
}
