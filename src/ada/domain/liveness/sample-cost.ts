import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { acceptsOrigin } from '../sigma/logsource-routing.js';
import { measureRule } from '../sigma/measure-rule.js';
import { TEST_ARRIVAL } from '../sigma/rule-tests/rule-test.js';
import type { SigmaRule } from '../sigma/sigma-rule.js';
import type { RuleSample } from './rule-sample.js';

/** A rule that takes longer is slow beyond doubt after two rounds. */
const MOST_MS = 10;

/**
 * What a detection rule costs by itself for an event like its samples, in µs: the mean of those that the parser of their format reads as events of its log
 * source. `undefined` where there are none.
 * @param now milliseconds of a clock that does not go back.
 */
export function sampleCost(rule: SigmaRule, samples: readonly RuleSample[], now: () => number): number | undefined {
  const events = samples.flatMap(({ format, texts }) =>
    texts.flatMap((text) => {
      const event = parseEvent(text, { index: 0, declared: format, receivedAt: TEST_ARRIVAL });
      return isRejection(event) || !acceptsOrigin(rule, event.origin) ? [] : [event];
    }),
  );
  return events.length === 0 ? undefined : measureRule(rule, events, now, MOST_MS).micros;
}
