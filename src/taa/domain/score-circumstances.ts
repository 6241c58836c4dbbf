import type { Classification, Contribution } from '../../contracts/verdict.js';
import type { Circumstances } from './circumstances.js';
import { HIGHEST_SCORE, THRESHOLDS, WEIGHTS } from './scoring-weights.js';

export interface Score {
  /** 0 to 100, an integer: the sum of the contributions. */
  readonly score: number;
  readonly classification: Classification;
  /** Parts with points other than 0, and always the rule's level. */
  readonly contributions: readonly Contribution[];
}

/**
 * The score as a sum of named integers. Repetition lowers: an alert that the same rule keeps raising on the same entity is more likely a
 * habit than an attack, unless other tactics were seen there, in which case repeating is part of the attack and takes nothing away.
 */
export function scoreCircumstances(given: Circumstances): Score {
  const parts = [
    level(given),
    rarity(given),
    criticality(given),
    intelligence(given),
    repetition(given),
    killChain(given),
    feedback(given),
  ];
  const sum = parts.reduce((total, { points }) => total + points, 0);
  const score = Math.min(HIGHEST_SCORE, Math.max(0, sum));
  const bounds: Contribution = { name: 'bounds', points: score - sum, reason: `scores lie between 0 and ${HIGHEST_SCORE}` };
  const [first, ...others] = [...parts, bounds];
  return { score, classification: classify(score), contributions: [first!, ...others.filter(({ points }) => points !== 0)] };
}

/** The class of a score. */
export function classify(score: number): Classification {
  return THRESHOLDS.find(([, least]) => score >= least)?.[0] ?? 'benign';
}

function level({ severity }: Circumstances): Contribution {
  return { name: 'rule_level', points: WEIGHTS.level[severity], reason: `the detection is of ${severity} severity` };
}

function rarity({ rarity: value }: Circumstances): Contribution {
  const points = value === null ? 0 : round((value - 0.5) * 2 * WEIGHTS.rarity);
  const reason = points < 0 ? 'such events are common in this tenant' : 'such events are rare in this tenant';
  return { name: 'rarity', points, reason: value === null ? 'how rare this is is not known' : `${reason} (rarity ${value.toFixed(2)})` };
}

function criticality({ critical }: Circumstances): Contribution {
  const reason = critical.length === 0 ? 'no critical entity is concerned' : `critical to the tenant: ${listed(critical)}`;
  return { name: 'entity_criticality', points: critical.length === 0 ? 0 : WEIGHTS.criticality, reason };
}

function intelligence({ indicator, indicatorNames }: Circumstances): Contribution {
  const known = indicatorNames.length === 0 ? 'an indicator matched' : `known to threat intelligence: ${listed(indicatorNames)}`;
  return {
    name: 'intelligence',
    points: round(indicator * WEIGHTS.intelligence),
    reason: indicator === 0 ? 'no indicator matches' : `${known} (confidence ${indicator.toFixed(2)})`,
  };
}

function repetition({ repetitions, otherTactics }: Circumstances): Contribution {
  const { perDoubling, most } = WEIGHTS.repetition;
  const points = otherTactics.length > 0 ? 0 : -Math.min(most, round(perDoubling * Math.log2(1 + repetitions)));
  return {
    name: 'repetition',
    points,
    reason: `the same rule fired ${repetitions} times on these entities in 24 hours, and nothing else did`,
  };
}

function killChain({ otherTactics }: Circumstances): Contribution {
  const { perTactic, most } = WEIGHTS.killChain;
  const reason =
    otherTactics.length === 0 ? 'no other tactic was seen before' : `seen before on the same entities: ${listed(otherTactics)}`;
  return { name: 'kill_chain', points: Math.min(most, perTactic * otherTactics.length), reason };
}

function feedback({ severity, weight, feedback: pieces }: Circumstances): Contribution {
  const points = round(WEIGHTS.level[severity] * (weight - 1));
  const direction = points < 0 ? 'less' : 'more';
  return {
    name: 'analyst_feedback',
    points,
    reason: `analysts' ${pieces} verdicts on this rule make its level count ${direction} (weight ${weight.toFixed(2)})`,
  };
}

const LISTED = 5;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Rounds half away from zero, never to minus zero. */
function round(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value)) || 0;
}
