import { toRule } from '../../../../test/support/sigma/one-rule.js';
import type { RuleSample } from './rule-sample.js';
import { sampleCost } from './sample-cost.js';

const RULE = toRule({ s: { a: 'b' }, condition: 's' });
const sample = (text: string, matches = true): RuleSample => ({ test: 'a', event: 0, matches, format: 'generic', texts: [text] });

/** Of a clock that goes on by a millisecond with each look, so that a round takes one: the more events, the less for each. */
function costOf(...samples: readonly RuleSample[]): number | undefined {
  let ms = 0;
  return sampleCost(RULE, samples, () => ++ms);
}

describe('sampleCost', () => {
  it('is what one event takes, of those that the rule has to match and those that it must not', () => {
    expect(costOf(sample('{"product":"acme","a":"b"}'))).toBeCloseTo(1_000);
    expect(costOf(sample('{"product":"acme","a":"b"}'), sample('{"product":"acme","a":"c"}', false))).toBeCloseTo(500);
  });

  it('leaves out what is no event, and what is of another log source', () => {
    const others = [sample('no event'), sample('{}'), sample('{"product":"other","a":"b"}', false)];
    expect(costOf(...others, sample('{"product":"acme","a":"b"}'))).toBeCloseTo(1_000);
    expect(costOf(...others)).toBeUndefined();
    expect(costOf()).toBeUndefined();
  });
});
