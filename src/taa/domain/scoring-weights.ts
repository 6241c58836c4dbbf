import type { Severity } from '../../contracts/severity.js';
import type { Classification } from '../../contracts/verdict.js';

/** Changes whenever a number below or the way they are put together does, so that a verdict says which model gave it. */
export const MODEL_VERSION = 'additive-1';

/**
 * The whole model: points on a scale of 100. The rule's own level says most, as its author knows the behaviour; everything else moves a
 * verdict by about one class, and no single circumstance by two.
 */
export const WEIGHTS = {
  /** A high rule alone asks for a look (suspicious); a critical one alone is taken for malicious. */
  level: { informational: 5, low: 18, medium: 38, high: 55, critical: 72 } satisfies Record<Severity, number>,
  /** Added for what was never seen, taken away for what is everyday; nothing halfway between. */
  rarity: 10,
  /** One of the tenant's critical hosts or users is concerned: the same attack costs more there. */
  criticality: 12,
  /** Times the confidence of the surest indicator: a known bad address is worth half a class less than a rule's level. */
  intelligence: 25,
  /** Taken away with each doubling of the number of repeats, up to the most: the tenth equal alert of a day tells little. */
  repetition: { perDoubling: 4, most: 15 },
  /** For each other tactic seen before on the same entities, up to the most: a chain is what an intrusion looks like. */
  killChain: { perTactic: 6, most: 24 },
} as const;

/** The least score of each class, highest first. */
export const THRESHOLDS: readonly (readonly [Classification, number])[] = [
  ['critical', 80],
  ['malicious', 60],
  ['suspicious', 35],
  ['low_risk', 15],
  ['benign', 0],
];

export const HIGHEST_SCORE = 100;
