import type { AuditTables } from '../../platform/audit/audit-tables.js';
import type { WorkTables } from '../../platform/work-queue/work-tables.js';
import type { BacktestState } from '../domain/backtest/backtest.js';

/** One row for all filters that a tenant has of its own. It stays when they are removed, so that its version goes on counting. */
export interface RuleFiltersRow {
  name: string;
  version: number;
  /** Filter documents in YAML. */
  document: string;
  updated_at: string;
  updated_by: string;
}

/** A back-test of rules. Its id is a UUID v7, so that those begun later have greater ones. */
export interface RuleBacktestRow {
  backtest_id: string;
  /** Rules in YAML. */
  document: string;
  /** Event times, milliseconds since the epoch, both included. */
  span_from: number;
  span_to: number;
  state: BacktestState;
  created_at: string;
  created_by: string;
  correlation_id: string;
  started_at: string | null;
  ended_at: string | null;
  reason: string | null;
  /** Counts up whenever progress is kept. */
  turn: number;
  /** How far it has come and what it has found, as JSON, sealed where the tenant has keys. */
  progress: string;
}

/** ADA's tables in a tenant's database. */
export interface AdaTables extends AuditTables, WorkTables {
  ada_rule_filters: RuleFiltersRow;
  ada_rule_backtests: RuleBacktestRow;
}
