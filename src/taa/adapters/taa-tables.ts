import type { AuditTables } from '../../platform/audit/audit-tables.js';
import type { WorkTables } from '../../platform/work-queue/work-tables.js';
import type { RetroCause, RetroState } from '../domain/retro/retro-match.js';

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
  /** The revision in which it became what it looks for; 0 where that was before revisions were kept with it. */
  sought_since: number;
}

export interface IndicatorValueRow {
  indicator_id: string;
  type: string;
  value: string;
}

/** A comparison of stored events with indicators. Its id is a UUID v7, so that those begun later have greater ones. */
export interface RetroRow {
  retro_id: string;
  cause: RetroCause;
  /** Revisions of the indicators: after this one, up to that. */
  scope_after: number;
  scope_up_to: number;
  /** Null for all sources. */
  source: string | null;
  /** Event times, milliseconds since the epoch, both included. */
  span_from: number;
  span_to: number;
  state: RetroState;
  created_at: string;
  created_by: string;
  correlation_id: string;
  started_at: string | null;
  ended_at: string | null;
  reason: string | null;
  turn: number;
  /** How far it has come and what it has found, as JSON. */
  progress: string;
}

/** TAA's tables in a tenant's database. */
export interface TaaTables extends AuditTables, WorkTables {
  taa_indicator: IndicatorRow;
  taa_indicator_value: IndicatorValueRow;
  taa_retro_match: RetroRow;
  taa_revision: { name: string; revision: number };
}
