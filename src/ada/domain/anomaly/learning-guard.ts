/** How much of what looks anomalous is learned nevertheless. */
export interface GuardLimits {
  /** Chance up to which a point counts as anomalous; below 0 none does. */
  readonly risk: number;
  /** Anomalous points learned for each one expected by the risk. */
  readonly allowance: number;
  /** Most of them that may be saved up. */
  readonly most: number;
}

/**
 * Keeps an attacker from teaching a model what looks anomalous: ordinary points are always learned, anomalous ones only about as often as chance alone
 * makes them. So the tail of what is ordinary stays known, and a slow change is learned in the long run, while a burst of anomalous points is not. It does
 * nothing against many points that look ordinary: what one entity may teach is bounded by `EntityShares`.
 */
export class LearningGuard {
  /** Anomalous points that may be learned at once. */
  credit = 0;

  constructor(private readonly limits: GuardLimits) {}

  /** Whether a point may be learned. */
  admits(isOrdinary: boolean): boolean {
    const { risk, allowance, most } = this.limits;
    this.credit = Math.min(most, this.credit + risk * allowance);
    if (isOrdinary) return true;
    if (this.credit < 1) return false;
    this.credit--;
    return true;
  }
}
