import { settleEventPlace } from '../../mssp/ingest/adapters/event-place.js';
import { openEventPlace, type EventPlaceParts } from '../../mssp/retention/adapters/open-event-place.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import type { OpenStores } from './open-stores.js';

/** Where PostgreSQL is, with events in it; null where they are in the data directory. @throws PostgresRefused where there are events in the other place. */
export async function eventsUrlOf({ dataDir, postgres, platform }: OpenStores): Promise<string | null> {
  const { store } = readConfig(processEnvironment()).events;
  await settleEventPlace(store, dataDir, platform);
  return store === 'postgres' ? (postgres?.app ?? null) : null;
}

/** Runs `work` with the place where events are, and closes it. @throws PostgresRefused */
export async function withEventPlace<T>(stores: OpenStores, work: (place: EventPlaceParts) => Promise<T>): Promise<T> {
  const place = openEventPlace(stores.dataDir, await eventsUrlOf(stores));
  try {
    return await work(place);
  } finally {
    await place.close();
  }
}
