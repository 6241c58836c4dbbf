import type { TenantId } from '../../contracts/tenant.js';
import type { PipelineVitals } from './pipeline-protocol.js';
import type { TenantTerms } from './tenant-terms.js';

/** Tells whoever logs and counts. */
export type TroubleListener = (event: string, tenant: TenantId | null, message: string) => void;

/** Hears how the threads are, by their numbers. */
export interface PipelineObserver {
  report(thread: number, vitals: PipelineVitals): void;
  lost(thread: number): void;
}

/** Who is served, and on which terms. */
export interface PipelineGate {
  /** @throws Error for a tenant that is served no more. */
  readonly termsOf: (tenant: TenantId) => Promise<TenantTerms>;
  /** Is told that something is asked for a tenant that is served already. */
  readonly asked: (tenant: TenantId) => void;
}

/** Serves every tenant, and knows nothing of any. */
export const OPEN_GATE: PipelineGate = {
  termsOf: async () => ({ keys: null, risk: null, filters: null, indicators: null }),
  asked: () => undefined,
};
