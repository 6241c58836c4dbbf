import type { Provider } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { construct } from '../construct.js';
import { Metrics } from '../observability/metrics.js';
import { DamageRegister } from '../storage/damage-register.js';
import { PlatformDatabase } from '../storage/platform-database.js';
import { TenantDatabases } from '../storage/tenant-databases.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { AuditLog } from './audit-log.js';
import { AuditWatch } from './audit-watch.js';
import { SqliteAuditLog } from './sqlite-audit-log.js';

/** The audit logs, and in the role that orchestrates what checks them. */
export function auditProviders({ roles, audit: { verifyHours } }: Config): Provider[] {
  const watch: Provider = {
    provide: AuditWatch,
    inject: [TenantDatabases, PlatformDatabase, TenantDirectory, AuditLog, DamageRegister, Clock, Metrics],
    useFactory: (
      tenants: TenantDatabases,
      platform: PlatformDatabase,
      directory: TenantDirectory,
      ...[audit, damage, clock, metrics]: [AuditLog, DamageRegister, Clock, Metrics]
    ) => new AuditWatch({ tenants, platform, directory, audit, damage, clock, metrics, everyHours: verifyHours }),
  };
  const log: Provider = { provide: AuditLog, inject: [TenantDatabases, PlatformDatabase, Clock], useFactory: construct(SqliteAuditLog) };
  return roles.includes('mssp') ? [log, watch] : [log];
}
