import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { StoredCopyProgress } from '../lake/adapters/stored-copy-progress.js';
import { copiesOf } from '../lake/copies-of.js';
import { IngestLocks } from '../ingest/domain/ingest-locks.js';
import { EventMonths } from './domain/event-months.js';
import { EventRetention } from './event-retention.js';
import { RetentionSchedule } from './retention-schedule.js';
import { RetiredMonths } from './retired-months.js';

/** How long events are kept. */
@Module({
  providers: [
    RetentionSchedule,
    RetiredMonths,
    {
      provide: EventRetention,
      inject: [CONFIG, TenantDirectory, AuditLog, Clock, TenantDatabases, EventMonths, IngestLocks],
      useFactory: (
        ...[config, directory, audit, clock, databases, months, locks]: [
          Config,
          TenantDirectory,
          AuditLog,
          Clock,
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
          clock,
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
