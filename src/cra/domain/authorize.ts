import type { Risk } from '../../contracts/containment.js';

/** Whether an action runs at once or waits for a person, and why. */
export interface Authorization {
  readonly runs: 'at-once' | 'after-approval';
  readonly reason: string;
}

/**
 * Risk decides: low runs at once, medium and high wait for a person unless the tenant lets containment run by itself.
 * An action on something critical always waits.
 */
export function authorize(risk: Risk, critical: boolean, autoContainment: boolean): Authorization {
  if (risk === 'low') return { runs: 'at-once', reason: 'low risk' };
  if (critical) return { runs: 'after-approval', reason: 'the target is critical to the tenant' };
  if (autoContainment) return { runs: 'at-once', reason: `${risk} risk, and the tenant has automatic containment` };
  return { runs: 'after-approval', reason: `${risk} risk` };
}
