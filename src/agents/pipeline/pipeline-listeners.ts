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

/** What a thread must know of a tenant to serve it. */
export interface TenantTerms {
  /** Its keys; null where nothing is encrypted. */
  readonly keys: TenantKeySet | null;
  /** Chance of a false alarm that anomaly detection takes; null where it is off. */
  readonly risk: number | null;
}

/** Who is served, and on which terms. */
export interface PipelineGate {
  /** @throws Error for a tenant that is served no more. */
  readonly termsOf: (tenant: TenantId) => Promise<TenantTerms>;
}
