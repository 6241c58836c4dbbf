import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import type { TenantId } from '../../contracts/tenant.js';
import type { Indicator, IndicatorReport } from '../domain/indicator.js';
import type { IndicatorRow, IndicatorValueRow } from './taa-tables.js';

const NAMESPACE = '6f1c0a52-5f0e-5d0c-9a0b-2f6c1f1f7b11';

/** The id of what a source calls `externalId`, in one tenant: the same whenever it is read. */
export function indicatorIdOf(tenant: TenantId, source: string, externalId: string): string {
  return v5(JSON.stringify([tenant, source, externalId]), NAMESPACE);
}

/** A report as a row of its source. */
export function toRow(tenant: TenantId, source: string, report: IndicatorReport, now: string): IndicatorRow {
  const document = JSON.stringify(report);
  return {
    indicator_id: indicatorIdOf(tenant, source, report.external_id),
    source,
    external_id: report.external_id,
    revoked: report.revoked ? 1 : 0,
    digest: createHash('sha256').update(document).digest('hex'),
    document,
    created_at: now,
    updated_at: now,
    sought_since: 0,
  };
}

export function toValueRows({ indicator_id, document }: IndicatorRow): IndicatorValueRow[] {
  const { values } = JSON.parse(document) as IndicatorReport;
  return values.map(({ type, value }) => ({ indicator_id, type, value }));
}

export function toIndicator({ indicator_id, source, document, created_at, updated_at }: IndicatorRow): Indicator {
  return { indicator_id, source, ...(JSON.parse(document) as IndicatorReport), created_at, updated_at };
}
