import type { TenantId } from '../../contracts/tenant.js';
import type { TenantKeySet } from '../../platform/encryption/tenant-key-set.js';
import type { PipelineVitals } from './pipeline-protocol.js';

/** Tells whoever logs and counts. */
export type TroubleListener = (event: string, tenant: TenantId | null, message: string) => void;

/** Hears how the threads are, by their numbers. */
export interface PipelineObserver {
  report(thread: number, vitals: PipelineVitals): void;
  lost(thread: number): void;
}

/** Who is served, and with which keys. */
export interface PipelineGate {
  /** A tenant's keys; null where nothing is encrypted. @throws Error for a tenant that is served no more. */
  readonly keysOf: (tenant: TenantId) => Promise<TenantKeySet | null>;
}
