import type { Verdict } from '../../contracts/verdict.js';
import { type AssessmentInput, circumstancesOf } from './circumstances.js';
import { confidenceIn } from './confidence.js';
import { nearestFlips } from './counterfactuals.js';
import { scoreCircumstances } from './score-circumstances.js';
import { MODEL_VERSION } from './scoring-weights.js';

/** Judges an alert. Equal input gives an equal verdict, to the byte. */
export function assessAlert(input: AssessmentInput): Verdict {
  const circumstances = circumstancesOf(input);
  const { score, classification, contributions } = scoreCircumstances(circumstances);
  const confidence = confidenceIn(score, circumstances);
  return {
    classification,
    score,
    confidence: confidence.value,
    reasons: [
      ...contributions.map(({ points, reason }) => `${signed(points)}: ${reason}`),
      `confidence ${confidence.value}: ${confidence.reason}`,
    ],
    contributions,
    counterfactuals: nearestFlips(circumstances).map(({ classification, change }) => ({ classification, change: `if ${change}` })),
    model_version: MODEL_VERSION,
  };
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : `${points}`;
}
