import { deriveSample } from '../../../src/ada/domain/liveness/derive-sample.js';
import { SigmaEngine } from '../../../src/ada/domain/sigma/sigma-engine.js';
import type { SigmaRule } from '../../../src/ada/domain/sigma/sigma-rule.js';
import { isRejection, parseEvent } from '../../../src/events/parse-event.js';

/** How many rules a sample is derived of, and the ids of those whose sample the engine of all of them does not match. */
export function missedSamples(rules: readonly SigmaRule[]): { readonly count: number; readonly missed: readonly string[] } {
  const engine = new SigmaEngine(rules);
  let count = 0;
  const missed = rules.flatMap((rule) => {
    const sample = deriveSample(rule);
    if (!sample) return [];
    count += 1;
    const event = parseEvent(sample.texts[0] ?? '', { index: 0, declared: sample.format, receivedAt: Date.UTC(2100, 0) });
    return !isRejection(event) && engine.match(event).some(({ id }) => id === rule.id) ? [] : [rule.id];
  });
  return { count, missed };
}
