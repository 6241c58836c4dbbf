import type { Provider } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { ProbeRegistry } from '../health/probe-registry.js';
import { PubSubClients } from './pubsub-clients.js';
import { PubSubTroubles } from './pubsub-troubles.js';

/** The clients of Pub/Sub, null where it is not used, and what health knows of it. */
export function pubSubProviders({ pubsub }: Pick<Config, 'pubsub'>): Provider[] {
  const troubles = (probes: ProbeRegistry): PubSubTroubles => {
    const probe = new PubSubTroubles();
    if (pubsub !== null) probes.add(probe);
    return probe;
  };
  return [
    { provide: PubSubClients, useFactory: () => (pubsub === null ? null : new PubSubClients(pubsub.endpoint)) },
    { provide: PubSubTroubles, inject: [ProbeRegistry], useFactory: troubles },
  ];
}
