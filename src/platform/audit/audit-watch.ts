import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../clock/clock.js';
import { shortTurns } from '../clock/short-turns.js';
import type { Metrics } from '../observability/metrics.js';
import type { DamageRegister } from '../storage/damage-register.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import type { TenantDirectory } from '../tenancy/tenant-directory.js';
import type { EvidenceTables } from './audit-evidence.js';
import { PLATFORM_LOG, type AuditLog } from './audit-log.js';
import type { AuditVerification } from './audit-row-verifier.js';
import type { AuditTables } from './audit-tables.js';
import { verifyAuditRows, verifyEvidenceRows } from './verify-audit-rows.js';

const HOUR_MS = 3_600_000;
/** After the start, once what a start has to do is done. */
const FIRST_AFTER_MS = 300_000;

/** What is checked, and who hears of it. */
export interface AuditWatchParts {
  readonly tenants: TenantDatabases;
  readonly platform: PlatformDatabase;
  readonly directory: TenantDirectory;
  readonly audit: AuditLog;
  readonly damage: DamageRegister;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Hours between two checks; 0 for none. */
  readonly everyHours: number;
}

/**
 * Checks every audit log from its first record again and again, one log after another in short turns. A log that was changed is an alarm: a metric, bad
 * health, and once for each log and record a log line and a record in the platform's audit log.
 */
export class AuditWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditWatch.name);
  private readonly told = new Set<string>();
  /** Records of each log when it was last checked. */
  private readonly lengths = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> = Promise.resolve();
  private isStopping = false;
  private broken = 0;
  private verifiedAt: number;

  constructor(private readonly parts: AuditWatchParts) {
    const { metrics, clock, everyHours } = parts;
    this.verifiedAt = clock.now();
    if (everyHours === 0) return;
    metrics.gauge('audit_logs_broken', 'Audit logs that are not what was written, when they were last checked', () => this.broken);
    metrics.gauge('audit_verification_age_seconds', 'Time since all audit logs were checked, or since the start', () =>
      Math.max(0, (clock.now() - this.verifiedAt) / 1_000),
    );
    metrics.gauge('audit_verification_interval_seconds', 'Time between two checks of all audit logs', () => everyHours * (HOUR_MS / 1_000));
  }

  onApplicationBootstrap(): void {
    if (this.parts.everyHours > 0) this.checkIn(Math.min(FIRST_AFTER_MS, this.parts.everyHours * HOUR_MS));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.checking;
  }

  /** Checks all logs now, once what is under way has ended. A log that cannot be read is left for the next time, which is said. */
  check(): Promise<void> {
    this.checking = this.checking.then(() => this.checkAll());
    return this.checking;
  }

  private checkIn(ms: number): void {
    this.timer = setTimeout(() => {
      void this.check().finally(() => this.isStopping || this.checkIn(this.parts.everyHours * HOUR_MS));
    }, ms).unref();
  }

  private async checkAll(): Promise<void> {
    const { directory, clock } = this.parts;
    const found: AuditVerification[] = [];
    let isWhole = await this.read(PLATFORM_LOG, async () => found.push(await this.verifyPlatform()));
    for (const { tenant_id: tenant } of await directory.list().catch(() => [])) {
      if (this.isStopping) return;
      isWhole = (await this.read(tenant, async () => found.push(...(await this.verifyTenant(tenant))))) && isWhole;
    }
    const broken = found.map((each) => this.compared(each)).filter(({ fault }) => fault !== undefined);
    this.broken = broken.length;
    for (const each of broken) await this.read(each.log, () => this.tell(each));
    if (isWhole) this.verifiedAt = clock.now();
  }

  /** Whether it could be done. */
  private async read(log: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof TenantRetired) return true;
      this.logger.warn({ err: error, event: 'audit.unverified', log }, 'an audit log could not be checked');
      return false;
    }
  }

  private async verifyPlatform(): Promise<AuditVerification> {
    const db = await this.parts.platform.get<AuditTables>();
    return verifyAuditRows(db, PLATFORM_LOG, PLATFORM_LOG, shortTurns());
  }

  private async verifyTenant(tenant: TenantId): Promise<readonly AuditVerification[]> {
    const found = await this.parts.tenants.glance<EvidenceTables, readonly AuditVerification[]>(tenant, async (db) => {
      return [await verifyAuditRows(db, tenant, tenant, shortTurns()), ...(await verifyEvidenceRows(db, tenant))];
    });
    return found ?? [];
  }

  /** What was found, with a fault where the log was longer at the last check: no link of a chain says what follows it. */
  private compared(found: AuditVerification): AuditVerification {
    const key = `${found.file} ${found.log}`;
    const before = this.lengths.get(key) ?? 0;
    this.lengths.set(key, Math.max(before, found.records));
    if (found.fault !== undefined || found.records >= before) return found;
    return { ...found, fault: { index: found.records + 1, reason: `is missing: there were ${before} records before` } };
  }

  private async tell({ log, file, fault }: AuditVerification): Promise<void> {
    const key = `${file} ${log} ${String(fault?.index)}`;
    if (this.told.has(key)) return;
    const details = { log, index: fault?.index ?? 0, reason: fault?.reason ?? '' };
    this.logger.error({ event: 'audit.broken', place: file, ...details }, 'an audit log is not what was written');
    this.parts.damage.add(`audit log ${log}`);
    await this.parts.audit.append(PLATFORM_LOG, [
      {
        action: 'audit.broken',
        actor: { type: 'system', id: 'audit' },
        target: { type: 'audit_log', id: log },
        outcome: 'failure',
        correlation_id: 'audit',
        details,
      },
    ]);
    this.told.add(key);
  }
}
