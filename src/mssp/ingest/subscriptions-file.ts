import { readFileSync } from 'node:fs';
import { toTenantId, type TenantId } from '../../contracts/tenant.js';
import { compiledSchema } from '../../platform/config/compiled-schema.js';
import { EnvironmentError } from '../../platform/config/variable-reader.js';

const SCHEMA = new URL('../../../config/pubsub_subscriptions.schema.json', import.meta.url);

/** A subscription that brings events, and whose they are. */
export interface ConfiguredSubscription {
  /** In full: `projects/…/subscriptions/…`. */
  readonly name: string;
  readonly tenant: TenantId;
  readonly source: string | undefined;
}

interface Written {
  readonly subscription: string;
  readonly tenant_id: string;
  readonly source?: string;
}

/**
 * Reads the file of subscriptions and checks it against its JSON Schema. No file, no subscriptions.
 * @param project of the subscriptions that are written without one.
 * @throws EnvironmentError that lists every fault.
 */
export function readSubscriptions(file: string | null, project: string): readonly ConfiguredSubscription[] {
  if (file === null) return [];
  const subscriptions = validated(file).map(({ subscription, tenant_id, source }) => ({
    name: subscription.startsWith('projects/') ? subscription : `projects/${project}/subscriptions/${subscription}`,
    tenant: toTenantId(tenant_id),
    source,
  }));
  const names = subscriptions.map(({ name }) => name);
  const repeated = names.filter((name, position) => names.indexOf(name) !== position);
  if (repeated.length > 0) throw new EnvironmentError(repeated.map((name) => `GCP_PUBSUB_SUBSCRIPTIONS_FILE names ${name} twice`));
  return subscriptions;
}

function validated(file: string): readonly Written[] {
  const validate = compiledSchema(SCHEMA);
  const content = parse(file);
  if (validate(content)) return (content as { readonly subscriptions: readonly Written[] }).subscriptions;
  const faults = (validate.errors ?? []).map(
    ({ instancePath, message }) => `GCP_PUBSUB_SUBSCRIPTIONS_FILE ${instancePath} ${message ?? 'is not valid'}`,
  );
  throw new EnvironmentError(faults);
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new EnvironmentError(['GCP_PUBSUB_SUBSCRIPTIONS_FILE cannot be read as JSON']);
  }
}
