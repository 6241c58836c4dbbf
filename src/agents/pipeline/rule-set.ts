import type { DetectionTexts } from '../../ada/adapters/gather-detection.js';
import type { RuleSamples } from '../../ada/domain/liveness/rule-sample.js';
import type { LoadedRuleSummaries } from '../../ada/loaded-rule-catalog.js';

/** Rules and filters as files had them at one moment. Threads that have the same number have the same rules. */
export interface RuleSet {
  /** Counts up from 1, the set of the start. */
  readonly generation: number;
  readonly texts: DetectionTexts;
}

/** What a thread has read of a set. */
export interface ReadRules {
  readonly summaries: LoadedRuleSummaries;
  /** SHA-256 of what those rules were written as, by id. */
  readonly digests: ReadonlyMap<string, string>;
}

/** The same, and what shows whether the rules are alive. */
export interface SampledRules extends ReadRules {
  readonly samples: readonly RuleSamples[];
}

/** The set that every thread is to have, and is started with. */
export class RuleSetInForce {
  /** @param current that of the start. */
  constructor(public current: RuleSet) {}
}
