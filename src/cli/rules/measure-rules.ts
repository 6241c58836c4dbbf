import { acceptsOrigin } from '../../ada/domain/sigma/logsource-routing.js';
import { measureRule, type MeasuredRule } from '../../ada/domain/sigma/measure-rule.js';
import type { SigmaRule } from '../../ada/domain/sigma/sigma-rule.js';
import type { SecurityEvent } from '../../contracts/security-event.js';

/** What one rule costs by itself. */
export interface RuleCost extends MeasuredRule {
  readonly id: string;
  readonly title: string;
  /** Events of its log source. */
  readonly events: number;
}

/**
 * Measures each rule alone, with nothing remembered, over the events of its log source. Together rules share what they ask, and cost less. Rules with no
 * event of their log source are left out.
 */
export function measureRules(rules: readonly SigmaRule[], events: readonly SecurityEvent[], now: () => number): readonly RuleCost[] {
  const byOrigin = Map.groupBy(events, ({ origin }) => origin.key);
  return rules.flatMap((rule) => {
    const own = [...byOrigin.values()].flatMap((some) => (some[0] !== undefined && acceptsOrigin(rule, some[0].origin) ? some : []));
    return own.length === 0 ? [] : [{ id: rule.id, title: rule.title, events: own.length, ...measureRule(rule, own, now) }];
  });
}
