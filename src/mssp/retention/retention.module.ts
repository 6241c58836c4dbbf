import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { PlatformDatabase } from '../../platform/storage/platform-database.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { StoredCopyProgress } from '../lake/adapters/stored-copy-progress.js';
import { copiesOf } from '../lake/copies-of.js';
import { IngestLocks } from '../ingest/domain/ingest-locks.js';
import { SqlClockRecords } from './adapters/sql-clock-records.js';
import { ClockRecords } from './domain/clock-records.js';
import { EventMonths } from './domain/event-months.js';
import { EventRetention } from './event-retention.js';
import { RetentionClock } from './retention-clock.js';
import { RetentionClockWatch } from './retention-clock-watch.js';
import { RetentionSchedule } from './retention-schedule.js';
import { RetiredMonths } from './retired-months.js';

/** How long events are kept. */
@Module({
  providers: [
    RetentionSchedule,
    RetentionClockWatch,
    RetiredMonths,
    { provide: ClockRecords, inject: [PlatformDatabase], useFactory: (platform: PlatformDatabase) => new SqlClockRecords(platform) },
    {
      provide: RetentionClock,
      inject: [Clock, ClockRecords],
      useFactory: (clock: Clock, records: ClockRecords) => new RetentionClock(clock, records),
    },
    {
      provide: EventRetention,
      inject: [CONFIG, TenantDirectory, AuditLog, TenantDatabases, EventMonths, IngestLocks],
      useFactory: (
        ...[config, directory, audit, databases, months, locks]: [
          Config,
          TenantDirectory,
          AuditLog,
          TenantDatabases,
          EventMonths,
          IngestLocks,
        ]
      ) =>
        new EventRetention({
          defaultMonths: config.retention.eventMonths,
          months,
          locks,
          actor: 'retention',
          directory,
          audit,
          ...copiesOf(config, new StoredCopyProgress(databases)),
        }),
    },
  ],
  exports: [RetiredMonths],
})
export class RetentionModule {
  /** @param places the module that exports where events are. */
  static forRoot(places: Type): DynamicModule {
    return { module: RetentionModule, imports: [places] };
  }
}
