import { readCloudEndpoint } from './cloud-endpoint.js';
import type { Config } from './config.js';
import type { VariableReader } from './variable-reader.js';

const SWITCH = ['true', 'false'] as const;

/** Reads where alerts are published and events come from; null where there is no Pub/Sub. */
export function readPubSubConfig(reader: VariableReader, environment: Config['environment']): Config['pubsub'] {
  const project = reader.pattern('GCP_PUBSUB_PROJECT', /^[a-z0-9:.-]{1,63}$/, 'the id of a project');
  const endpoint = readCloudEndpoint(reader, 'GCP_PUBSUB_ENDPOINT', environment);
  const subscriptionsFile = reader.file('GCP_PUBSUB_SUBSCRIPTIONS_FILE');
  const publishesAlerts = reader.oneOf('GCP_PUBSUB_PUBLISH_ALERTS', SWITCH, 'true') === 'true';
  const createsTopics = reader.oneOf('GCP_PUBSUB_CREATE_TOPICS', SWITCH, 'false') === 'true';
  if (project !== '') return { project, endpoint, publishesAlerts, createsTopics, subscriptionsFile };
  if (subscriptionsFile !== null) reader.refuse('GCP_PUBSUB_PROJECT must be set where GCP_PUBSUB_SUBSCRIPTIONS_FILE is');
  return null;
}
