import type { KeyHash } from '../statistical/key-hash.js';
import { Crowd } from './crowd.js';
import { EntityShares } from './entity-shares.js';
import { type Kept, keptNumbers, keptTogether } from './kept.js';
import { type GuardLimits, LearningGuard } from './learning-guard.js';
import { SeededChance } from './seeded-chance.js';
import { Spot } from './spot.js';
import { ANOMALY } from './tuning.js';

/** What a model says of a point. */
export interface VectorJudgement {
  /** Bits; higher is more unusual; 0 before enough was learned. */
  readonly score: number;
  /** Chance that an ordinary point has a score at least as high; 1 before enough was learned. */
  readonly chance: number;
  /** Anomalous against the long past, but no longer against what came lately. */
  readonly isGoingOn: boolean;
}

const NOT_JUDGED: VectorJudgement = { score: 0, chance: 1, isGoingOn: false };

/**
 * Judges points against the crowd of earlier ones, in fixed memory. A point is judged before it is learned, always against the slow reference,
 * which learns ordinary points, anomalous ones only as the guard allows, and of one entity no more than its share: a burst cannot make itself
 * usual. The fast reference learns all and only tells whether what is anomalous has been going on.
 */
export class VectorModel {
  private readonly chance: SeededChance;
  private readonly slow: Crowd;
  private readonly fast: Crowd;
  private readonly spot = new Spot(ANOMALY.spot);
  private readonly guard: LearningGuard;
  private readonly shares = new EntityShares();
  /** Its state, for snapshots. */
  readonly kept: Kept;

  /** @param width numbers of a point. @param limits of what is learned although it looks anomalous. */
  constructor(
    width: number,
    seed: number,
    private readonly limits: GuardLimits = ANOMALY.guard,
  ) {
    this.chance = new SeededChance(seed);
    this.slow = new Crowd(width, ANOMALY.forest, this.chance);
    this.fast = new Crowd(width, ANOMALY.fast, this.chance);
    this.guard = new LearningGuard(limits);
    const numbers = [keptNumbers(this.chance, 'state'), keptNumbers(this.guard, 'credit')];
    this.kept = keptTogether([...numbers, this.slow, this.fast, this.spot, this.shares]);
  }

  /** Judges a point and then learns it as far as it may. @param entity whose point it is, where that is known. */
  observe(point: ArrayLike<number>, entity?: KeyHash): VectorJudgement {
    const hasShare = entity === undefined || this.shares.admits(entity);
    const judgement = this.slow.isReady ? this.judge(point) : NOT_JUDGED;
    if (hasShare && this.guard.admits(judgement.chance > this.limits.risk)) {
      if (this.slow.isReady) this.spot.learn(judgement.score);
      this.slow.learn(point);
    }
    this.fast.learn(point);
    return judgement;
  }

  /** The dimension in which a point lies farthest out, and the middle of what is usual there. */
  farthest(point: ArrayLike<number>): { readonly dimension: number; readonly usual: number } {
    return this.slow.farthest(point);
  }

  private judge(point: ArrayLike<number>): VectorJudgement {
    const score = this.slow.score(point);
    const chance = this.spot.chance(score);
    const isGoingOn = chance <= this.limits.risk && this.fast.isReady && this.fast.score(point) < this.spot.scoreAt(this.limits.risk);
    return { score, chance, isGoingOn };
  }
}
