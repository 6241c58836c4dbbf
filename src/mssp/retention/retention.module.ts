import { Module } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { EventMonthFiles } from './adapters/event-month-files.js';
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
      inject: [CONFIG, TenantDirectory, AuditLog, Clock],
      useFactory: (config: Config, directory: TenantDirectory, audit: AuditLog, clock: Clock) =>
        new EventRetention({
          dataDir: config.dataDir,
          defaultMonths: config.retention.eventMonths,
          months: new EventMonthFiles(config.dataDir),
          actor: 'retention',
          directory,
          audit,
          clock,
        }),
    },
  ],
  exports: [RetiredMonths],
})
export class RetentionModule {}
