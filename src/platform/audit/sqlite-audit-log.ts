import type { Kysely } from 'kysely';
import { toTenantId } from '../../contracts/tenant.js';
import type { Clock } from '../clock/clock.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import { appendAudit } from './append-audit.js';
import { AuditLog, PLATFORM_LOG, type AuditQuery } from './audit-log.js';
import type { AuditEntry, AuditRecord } from './audit-record.js';
import type { AuditTables } from './audit-tables.js';

/** Audit logs in the databases of the tenants and of the platform. */
export class SqliteAuditLog extends AuditLog {
  constructor(
    private readonly tenants: TenantDatabases,
    private readonly platform: PlatformDatabase,
    private readonly clock: Clock,
  ) {
    super();
  }

  async append(log: string, entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]> {
    const db = await this.database(log);
    return db.transaction().execute((trx) => appendAudit(trx, log, this.clock.isoNow(), entries));
  }

  async list(log: string, query: AuditQuery): Promise<readonly AuditRecord[]> {
    const db = await this.database(log);
    const rows = await db
      .selectFrom('audit_log')
      .select('record')
      .$if(query.after !== undefined, (q) => q.where('idx', query.descending ? '<' : '>', query.after ?? 0))
      .$if(query.action !== undefined, (q) => q.where('action', 'in', query.action ?? []))
      .$if(query.actor !== undefined, (q) => q.where('actor', 'in', query.actor ?? []))
      .$if(query.target_id !== undefined, (q) => q.where('target_id', '=', query.target_id ?? ''))
      .$if(query.incident_id !== undefined, (q) => q.where('incident_id', '=', query.incident_id ?? ''))
      .$if(query.correlation_id !== undefined, (q) => q.where('correlation_id', '=', query.correlation_id ?? ''))
      .$if(query.from !== undefined, (q) => q.where('at', '>=', query.from ?? ''))
      .$if(query.to !== undefined, (q) => q.where('at', '<', query.to ?? ''))
      .orderBy('idx', query.descending ? 'desc' : 'asc')
      .limit(query.limit)
      .execute();
    return rows.map((row) => JSON.parse(row.record) as AuditRecord);
  }

  private database(log: string): Promise<Kysely<AuditTables>> {
    return log === PLATFORM_LOG ? this.platform.get<AuditTables>() : this.tenants.of<AuditTables>(toTenantId(log));
  }
}
