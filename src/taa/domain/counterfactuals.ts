import { SEVERITIES } from '../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import type { Circumstances } from './circumstances.js';
import { scoreCircumstances } from './score-circumstances.js';
import { WEIGHTS } from './scoring-weights.js';

/** A change of one circumstance that changes the classification. */
export interface Flip {
  readonly classification: Classification;
  readonly change: string;
  /** The circumstances with the change made. */
  readonly circumstances: Circumstances;
  /** By how many points the score changes. */
  readonly distance: number;
}

interface WhatIf {
  readonly change: string;
  readonly circumstances: Circumstances;
}

const REPETITIONS = [0, 1, 2, 4, 8, 16];
const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const WEIGHT_STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5];

/**
 * The single changes nearest to the circumstances, by points, that would have raised and that would have lowered the classification, as far as
 * there are any. Each is found by scoring the changed circumstances, so it does what it says.
 */
export function nearestFlips(given: Circumstances): Flip[] {
  const before = scoreCircumstances(given);
  const rank = CLASSIFICATIONS.indexOf(before.classification);
  const flips = whatIfs(given)
    .map(({ change, circumstances }): Flip => {
      const { score, classification } = scoreCircumstances(circumstances);
      return { classification, change, circumstances, distance: Math.abs(score - before.score) };
    })
    .sort((a, b) => a.distance - b.distance);
  const up = flips.find(({ classification }) => CLASSIFICATIONS.indexOf(classification) > rank);
  const down = flips.find(({ classification }) => CLASSIFICATIONS.indexOf(classification) < rank);
  return [up, down].filter((flip) => flip !== undefined);
}

function whatIfs(given: Circumstances): WhatIf[] {
  return [
    ...ifCritical(given),
    ...ifIntelligence(given),
    ...ifOtherTactics(given),
    ...STEPS.map((rarity) => ({ change: `the rarity of the event were ${rarity.toFixed(1)}`, circumstances: { ...given, rarity } })),
    ...REPETITIONS.map((repetitions) => ({
      change: `the same rule had fired ${repetitions} times on these entities in the 24 hours before`,
      circumstances: { ...given, repetitions },
    })),
    ...SEVERITIES.map((severity) => ({ change: `the detection were of ${severity} severity`, circumstances: { ...given, severity } })),
    ...WEIGHT_STEPS.map((weight) => ({
      change: `the rule's weight learned from feedback were ${weight.toFixed(2)}`,
      circumstances: { ...given, weight },
    })),
  ];
}

function ifCritical(given: Circumstances): WhatIf[] {
  if (given.critical.length > 0) return [{ change: 'no critical entity were concerned', circumstances: { ...given, critical: [] } }];
  return [{ change: 'a critical entity were concerned', circumstances: { ...given, critical: ['an entity'] } }];
}

function ifIntelligence(given: Circumstances): WhatIf[] {
  const none = { change: 'no indicator matched', circumstances: { ...given, indicator: 0, indicatorNames: [] } };
  const others = STEPS.filter((indicator) => indicator > 0).map((indicator) => ({
    change: `the surest matching indicator had a confidence of ${indicator.toFixed(1)}`,
    circumstances: { ...given, indicator },
  }));
  return [none, ...others];
}

function ifOtherTactics(given: Circumstances): WhatIf[] {
  const most = WEIGHTS.killChain.most / WEIGHTS.killChain.perTactic;
  return Array.from({ length: most + 1 }, (_, count) => ({
    change: count === 0 ? 'no other tactic had been seen on these entities' : `${count} other tactics had been seen on these entities`,
    circumstances: { ...given, otherTactics: Array.from({ length: count }, (_, i) => given.otherTactics[i] ?? `another tactic ${i}`) },
  }));
}
