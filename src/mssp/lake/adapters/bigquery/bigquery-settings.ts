import type { TenantId } from '../../../../contracts/tenant.js';

/** Where BigQuery is that is not at Google's own addresses. */
export interface BigQueryEndpoint {
  /** Of the REST API, without a path: `https://bigquery.example`. */
  readonly rest: string;
  /** Of the Storage Write API. */
  readonly host: string;
  readonly port: number;
  /** Whether both are spoken to without TLS and without credentials, as an emulator is. */
  readonly plain: boolean;
}

/** How events are written: over gRPC, or over REST with `tabledata.insertAll`. */
export type LakeWriterKind = 'storage-write' | 'insert-all';

/** A lake in BigQuery. */
export interface BigQuerySettings {
  readonly project: string;
  /** Where datasets are made and jobs run: `EU`, `europe-west3`. */
  readonly location: string;
  readonly writer: LakeWriterKind;
  /** The most that one query may read, bytes; one that would read more is refused before it costs anything. */
  readonly maximumBytesBilled: number;
  /** Key of Cloud KMS that new datasets are encrypted with: `projects/…/cryptoKeys/…`. */
  readonly kmsKey?: string;
  /** How long events and records are kept in new tables, days; for ever where nothing is said. */
  readonly expirationDays?: number;
  /** Which dataset is whose. `gatra_<tenant>` where nothing is said. */
  readonly datasetOf?: (tenant: TenantId) => string;
  readonly endpoint?: BigQueryEndpoint;
  /** How long one request may take, milliseconds. */
  readonly callMs?: number;
  /** How long one query may take with all of its requests, milliseconds. */
  readonly queryMs?: number;
  /** Streams of the Storage Write API: how many stay open, and for how long unused, milliseconds. */
  readonly streams?: { readonly most: number; readonly idleMs: number };
}
