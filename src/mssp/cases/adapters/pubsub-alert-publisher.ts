import { AgentAway } from '../../../contracts/agent-away.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { PubSubClients } from '../../../platform/pubsub/pubsub-clients.js';
import { ALREADY_EXISTS, judgePubSub, NOT_FOUND, PubSubFault, statusOf } from '../../../platform/pubsub/pubsub-fault.js';
import type { PubSubTroubles } from '../../../platform/pubsub/pubsub-troubles.js';
import type { Dependency } from '../../../platform/resilience/dependency.js';
import type { OutboundPolicies } from '../../../platform/resilience/outbound-policies.js';
import type { TenantDirectory } from '../../../platform/tenancy/tenant-directory.js';
import { topicFault } from '../../../platform/tenancy/topic-name.js';
import type { OutgoingMessage } from '../domain/alert-message.js';
import { AlertPublisher } from '../domain/alert-publisher.js';

/** Below the policy's own limit of an attempt, which is there for what hangs elsewhere. */
const CALL_MS = 4_500;

/** Where topics are, and whether those that are missing are made. */
export interface TopicScope {
  readonly project: string;
  readonly createsTopics: boolean;
}

/** What the publisher asks, and tells. */
export interface PublisherParts {
  readonly clients: Pick<PubSubClients, 'publisher'>;
  readonly tenants: Pick<TenantDirectory, 'find' | 'list'>;
  readonly troubles: PubSubTroubles;
  readonly policies: OutboundPolicies;
}

/** Alerts into the tenants' topics of Google Cloud Pub/Sub: one call a batch, which is taken whole or not at all. Each tenant is under a policy of its own. */
export class PubSubAlertPublisher extends AlertPublisher {
  private readonly topics: Dependency;

  constructor(
    private readonly scope: TopicScope,
    private readonly parts: PublisherParts,
  ) {
    super();
    this.topics = parts.policies.dependency('pubsub', 'pubsub topics', judgePubSub);
  }

  async publish(tenant: TenantId, messages: readonly OutgoingMessage[]): Promise<void> {
    const topic = await this.topicOf(tenant);
    try {
      await this.send(tenant, topic, messages);
    } catch (error) {
      if (!(error instanceof PubSubFault)) throw error;
      if (error.code !== NOT_FOUND || !this.scope.createsTopics) throw this.told(tenant, error);
      await this.create(tenant, topic);
      await this.send(tenant, topic, messages).catch((again: unknown) => Promise.reject(this.told(tenant, again)));
    }
    this.parts.troubles.clear(placeOf(tenant));
  }

  async prepare(tenant: TenantId): Promise<void> {
    if (this.scope.createsTopics) await this.create(tenant, await this.topicOf(tenant));
  }

  forget(tenant: TenantId): void {
    this.topics.forget(tenant);
    this.parts.troubles.clear(placeOf(tenant));
  }

  private send(tenant: TenantId, topic: string, messages: readonly OutgoingMessage[]): Promise<unknown> {
    return this.call(tenant, topic, async () =>
      (await this.parts.clients.publisher()).publish({ topic, messages: [...messages] }, OPTIONS),
    );
  }

  private async create(tenant: TenantId, topic: string): Promise<void> {
    try {
      await this.call(tenant, topic, async () => (await this.parts.clients.publisher()).createTopic({ name: topic }, OPTIONS));
    } catch (error) {
      if (!(error instanceof PubSubFault) || error.code !== ALREADY_EXISTS) throw this.told(tenant, error);
    }
    this.parts.troubles.clear(placeOf(tenant));
  }

  private async call(tenant: TenantId, topic: string, work: () => Promise<unknown>): Promise<unknown> {
    try {
      return await this.topics.policy(tenant).execute(work, { isRepeatable: true });
    } catch (error) {
      throw new PubSubFault(topic, statusOf(error));
    }
  }

  private async topicOf(tenant: TenantId): Promise<string> {
    const found = await this.parts.tenants.find(tenant);
    if (!found) throw new Error('alerts cannot be published for a tenant that is not there');
    const fault = topicFault(found, await this.parts.tenants.list());
    if (fault === undefined) return `projects/${this.scope.project}/topics/${found.pubsub_topic}`;
    this.parts.troubles.note(placeOf(tenant), fault);
    throw new AgentAway(fault);
  }

  /** What says nothing of the messages makes them wait, and is told to health. */
  private told(tenant: TenantId, error: unknown): unknown {
    if (!(error instanceof PubSubFault) || !error.isPassing) return error;
    this.parts.troubles.note(placeOf(tenant), error.message);
    return new AgentAway(error.message);
  }
}

const OPTIONS = { timeout: CALL_MS, retry: null };

function placeOf(tenant: TenantId): string {
  return `alerts of ${tenant}`;
}
