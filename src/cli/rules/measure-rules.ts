import type { SecurityEvent } from '../../contracts/security-event.js';
import { acceptsOrigin } from '../../ada/domain/sigma/logsource-routing.js';
import { SigmaEngine } from '../../ada/domain/sigma/sigma-engine.js';
import type { SigmaRule } from '../../ada/domain/sigma/sigma-rule.js';
import { CacheBudget } from '../../ada/domain/sigma/value-cache.js';

/** What one rule costs by itself. */
export interface RuleCost {
  readonly id: string;
  readonly title: string;
  /** Events of its log source. */
  readonly events: number;
  readonly matches: number;
  /** For an event of its log source, in µs. */
  readonly micros: number;
}

const ROUNDS = 3;

/**
 * Measures each rule alone, with nothing remembered, over the events of its log source; the best of three rounds, after one that is not counted.
 * Together rules share what they ask, and cost less. Rules with no event of their log source are left out.
 */
export function measureRules(rules: readonly SigmaRule[], events: readonly SecurityEvent[], now: () => number): readonly RuleCost[] {
  const byOrigin = Map.groupBy(events, ({ origin }) => origin.key);
  return rules.flatMap((rule) => {
    const own = [...byOrigin.values()].flatMap((some) => (some[0] !== undefined && acceptsOrigin(rule, some[0].origin) ? some : []));
    return own.length === 0 ? [] : [measureRule(rule, own, now)];
  });
}

function measureRule(rule: SigmaRule, events: readonly SecurityEvent[], now: () => number): RuleCost {
  const engine = new SigmaEngine([rule], { cache: new CacheBudget(0) });
  const matches = events.filter((event) => engine.match(event).length > 0).length;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = now();
    for (const event of events) engine.match(event);
    best = Math.min(best, now() - started);
  }
  return { id: rule.id, title: rule.title, events: events.length, matches, micros: (best * 1_000) / events.length };
}
