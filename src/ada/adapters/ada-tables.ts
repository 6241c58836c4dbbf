import type { AuditTables } from '../../platform/audit/audit-tables.js';

/** One row for all filters that a tenant has of its own. It stays when they are removed, so that its version goes on counting. */
export interface RuleFiltersRow {
  name: string;
  version: number;
  /** Filter documents in YAML. */
  document: string;
  updated_at: string;
  updated_by: string;
}

/** ADA's tables in a tenant's database. */
export interface AdaTables extends AuditTables {
  ada_rule_filters: RuleFiltersRow;
}
