import type { Alert } from './alert.js';
import type { TenantId } from './tenant.js';
import type { Verdict } from './verdict.js';

/** What surrounds an alert and bears on its verdict; gathered by the orchestrator, so that a verdict can be replayed from its input. */
export interface TriageContext {
  /** Alerts of the same rule on a shared entity in the 24 hours before this one. */
  readonly repetitions: number;
  /** Tactics already seen on the alert's entities in the 24 hours before, this alert's own left out. */
  readonly prior_tactics: readonly string[];
}

/** TAA: judges an alert. */
export abstract class TriageAgent {
  /** Equal input, indicators and learned weights give an equal verdict. */
  abstract assess(tenant: TenantId, alert: Alert, context: TriageContext): Promise<Verdict>;
}
