import type { LakeRow, LakeTable } from './lake-tables.js';
import type { TenantScopedBigQueryClient } from './tenant-scoped-client.js';

/** A way to write rows. */
export abstract class LakeWriter {
  /** Durable once it resolves; what was written is not known where it does not. @throws BigQueryFault, LakeRefused, OutboundUnavailable */
  abstract write(client: TenantScopedBigQueryClient, table: LakeTable, rows: readonly LakeRow[]): Promise<void>;

  /** Lets go of what is held open for a tenant's tables. */
  abstract release(client: TenantScopedBigQueryClient): void;

  abstract close(): Promise<void>;
}
