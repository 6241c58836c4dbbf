import type { Circumstances } from './circumstances.js';
import { THRESHOLDS } from './scoring-weights.js';

/** How sure a verdict is, and why. */
export interface Confidence {
  /** 0.5 to 1, two decimals. */
  readonly value: number;
  readonly reason: string;
}

/** Points from the nearest class boundary at which the class is taken for settled. */
const SETTLED = 10;
const KINDS = 4;

/**
 * Confidence in the classification: one half, plus up to a quarter for how far the score lies from the nearest boundary between classes (10
 * points are far), plus up to a quarter for how many of four kinds of evidence there were: rarity, intelligence, history, feedback.
 */
export function confidenceIn(score: number, given: Circumstances): Confidence {
  const boundaries = THRESHOLDS.map(([, least]) => least).filter((least) => least > 0);
  const distance = Math.min(...boundaries.map((least) => (score >= least ? score - least + 1 : least - score)));
  const history = given.repetitions > 0 || given.otherTactics.length > 0;
  const kinds = [given.rarity !== null, given.indicator > 0, history, given.feedback > 0].filter(Boolean).length;
  const value = 0.5 + 0.25 * Math.min(1, distance / SETTLED) + (0.25 * kinds) / KINDS;
  return {
    value: Math.round(value * 100) / 100,
    reason: `the score lies ${distance} points from the nearest other class, and ${kinds} of ${KINDS} kinds of evidence were there`,
  };
}
