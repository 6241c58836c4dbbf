import type { LoadedRules } from './rule-source.js';
import type { RuleFilters } from './sigma/filters/rule-filters.js';

/** The rules that detectors go by, and what is left out of their matches. */
export interface RulesInForce extends Pick<LoadedRules, 'rules' | 'correlations' | 'quiet'> {
  readonly suppressions: RuleFilters;
}
