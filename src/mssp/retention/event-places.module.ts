import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG, SECRETS } from '../../platform/config/tokens.js';
import type { Secrets } from '../../platform/secrets/secrets.js';
import { OutsidePlaces } from '../../platform/tenancy/erasure/outside-places.js';
import { IngestLocks } from '../ingest/domain/ingest-locks.js';
import { openEventPlace, type EventPlaceParts } from './adapters/open-event-place.js';
import { EventMonths } from './domain/event-months.js';

const PLACE = Symbol('event place');

/** Where events are, for whoever removes them whole months at a time or sees to it that nobody does. */
@Module({
  providers: [
    {
      provide: PLACE,
      inject: [CONFIG, SECRETS],
      useFactory: ({ dataDir, events }: Config, { postgres }: Secrets) =>
        openEventPlace(dataDir, events.store === 'postgres' ? (postgres?.app ?? null) : null),
    },
    { provide: EventMonths, inject: [PLACE], useFactory: ({ months }: EventPlaceParts) => months },
    { provide: IngestLocks, inject: [PLACE], useFactory: ({ locks }: EventPlaceParts) => locks },
  ],
  exports: [EventMonths, IngestLocks],
})
export class EventPlacesModule implements OnApplicationShutdown {
  /** With a tenant its events go month by month: however many there are, each transaction ends soon. */
  constructor(
    @Inject(PLACE) private readonly place: EventPlaceParts,
    outside: OutsidePlaces,
  ) {
    const { isShared, months } = place;
    if (!isShared) return;
    outside.register(async (tenant) => {
      for (const month of await months.list(tenant)) await months.remove(tenant, month);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.place.close();
  }
}
