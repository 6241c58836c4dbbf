import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { TenantId } from '../../contracts/tenant.js';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';
import type { RemovedData, TenantErasure, TraceScan } from '../../platform/tenancy/erasure/tenant-erasure.js';

/** Confirms that it is this tenant that is to be deleted. */
export class DeleteTenantQuery {
  /** The tenant's id once more. */
  @IsString()
  @MaxLength(64)
  @MayBeLeftOut()
  @ApiProperty({ required: true })
  confirm?: string;
}

/** What was removed of a tenant. */
export class RemovedDataDto implements RemovedData {
  files: number;
  bytes: number;
  /** Rows by kind. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { events: 1200, alert: 7 } })
  rows: Readonly<Record<string, number>>;
  /** Wrapped keys that were destroyed. */
  data_keys: number;
  api_keys: number;
  /** Answers that were kept under idempotency keys of the platform. */
  answers: number;
}

/** What was looked through when everything was removed. */
export class TraceScanDto implements TraceScan {
  /** Keys and hashes of keys that must be found nowhere. */
  looked_for: number;
  files: number;
  bytes: number;
  /** How often something of the tenant was found: 0. */
  traces: number;
}

export class ErasureRequesterDto {
  @ApiProperty({ enum: ['person', 'collector', 'service', 'system'] })
  type: TenantErasure['requested_by']['type'];
  id: string;
}

/** A tenant's deletion. Its audit records are in the platform's log: `tenant.deleting` and `tenant.erased`. */
export class ErasureDto implements TenantErasure {
  @ApiProperty({ type: String, example: 'acme-corp' })
  tenant_id: TenantId;
  /** Counts the tenants that had this id. */
  incarnation: number;
  @ApiProperty({ enum: ['running', 'done'] })
  state: TenantErasure['state'];
  /** RFC 3339 UTC. */
  requested_at: string;
  requested_by: ErasureRequesterDto;
  correlation_id: string;
  removed: RemovedDataDto | null;
  scan: TraceScanDto | null;
  finished_at: string | null;
}

/** A data key that was made; the key itself is shown to nobody. */
export class DataKeyDto {
  tenant_id: string;
  /** Counted from 1. */
  number: number;
}

/** What came of wrapping all data keys anew. */
export class RewrappedKeysDto {
  /** Keys that had been wrapped with an older key-encryption key. */
  rewrapped: number;
}
