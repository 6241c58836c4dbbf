/** Names that a Pub/Sub topic may have (https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names). */
export const TOPIC_NAME = /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/;

/** Who publishes where. */
interface TopicOwner {
  readonly tenant_id: string;
  readonly pubsub_topic: string;
}

/**
 * Why nothing of a tenant may be published to the topic that it has; `undefined` where it may. Topics keep tenants apart, so none belongs to two.
 * @param tenants all of them, the tenant among them.
 */
export function topicFault({ tenant_id, pubsub_topic }: TopicOwner, tenants: readonly TopicOwner[]): string | undefined {
  if (!TOPIC_NAME.test(pubsub_topic)) return `the topic of the tenant ${tenant_id} has a name that no topic can have`;
  const other = tenants.find((candidate) => candidate.pubsub_topic === pubsub_topic && candidate.tenant_id !== tenant_id);
  return other && `the tenants ${tenant_id} and ${other.tenant_id} have the same topic: ${pubsub_topic}`;
}
