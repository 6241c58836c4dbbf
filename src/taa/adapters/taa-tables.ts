import type { AuditTables } from '../../platform/audit/audit-tables.js';

export interface IndicatorRow {
  indicator_id: string;
  source: string;
  external_id: string;
  revoked: 0 | 1;
  /** SHA-256 of the document, hex. */
  digest: string;
  /** The report as JSON. */
  document: string;
  created_at: string;
  updated_at: string;
}

export interface IndicatorValueRow {
  indicator_id: string;
  type: string;
  value: string;
}

/** TAA's tables in a tenant's database. */
export interface TaaTables extends AuditTables {
  taa_indicator: IndicatorRow;
  taa_indicator_value: IndicatorValueRow;
  taa_revision: { name: string; revision: number };
}
