import { RuleTextCollector } from '../../src/ada/adapters/rule-texts.js';
import { RuleSetInForce } from '../../src/agents/pipeline/rule-set.js';

/** Threads that are started with it have no rules but those of statistics. */
export function noRules(): RuleSetInForce {
  return new RuleSetInForce({ generation: 1, texts: { rules: new RuleTextCollector().texts(), filters: new Map(), placeholders: null } });
}
