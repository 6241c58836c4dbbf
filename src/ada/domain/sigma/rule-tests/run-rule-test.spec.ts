import { toRule } from '../../../../../test/support/sigma/one-rule.js';
import { parseCorrelation } from '../correlation/parse-correlation.js';
import { linkCorrelations } from '../correlation/link-correlations.js';
import type { RuleTest } from './rule-test.js';
import { testCorrelation, testDetection } from './run-rule-test.js';

const NOW = Date.UTC(2026, 10, 20);
const rule = toRule({ s: { tool: 'evil' }, condition: 's' }, { id: 'tool', name: 'tool' });
const test = (matches: boolean, ...events: readonly unknown[]): RuleTest => ({
  name: 'a',
  format: 'auto',
  matches,
  events: events.map((event) => JSON.stringify(event)),
});
const event = (tool: string, at = 0, user = 'a'): unknown => ({
  product: 'acme',
  tool,
  user,
  '@timestamp': new Date(NOW - 60_000 + at * 1_000).toISOString(),
});

describe('testDetection', () => {
  it('passes where each event is as the test says', () => {
    expect(testDetection(rule, test(true, event('evil'), event('EVIL')))).toEqual({ found: 2, faults: [] });
    expect(testDetection(rule, test(false, event('good')))).toEqual({ found: 0, faults: [] });
  });

  it('names the events that are not', () => {
    expect(testDetection(rule, test(true, event('evil'), event('good'))).faults).toEqual([
      { event: 1, reason: 'the rule does not match the event' },
    ]);
    expect(testDetection(rule, test(false, event('good'), event('evil'))).faults).toEqual([
      { event: 1, reason: 'the rule matches the event' },
    ]);
  });

  it('does not pass what is no event, whatever the test says of it', () => {
    expect(testDetection(rule, test(false, {})).faults).toEqual([{ event: 0, reason: 'the event has no fields' }]);
  });
});

describe('testCorrelation', () => {
  const correlation = (id: string, rules: readonly string[], gte: number): ReturnType<typeof parseCorrelation> =>
    parseCorrelation({
      title: id,
      id,
      level: 'high',
      correlation: { type: 'event_count', rules, 'group-by': ['user'], timespan: '1m', condition: { gte } },
    });
  const rules = [rule];
  const { correlations } = linkCorrelations(rules, [correlation('twice', ['tool'], 2), correlation('again', ['twice'], 1)]);
  const run = (id: string, one: RuleTest): ReturnType<typeof testCorrelation> => testCorrelation(id, { rules, correlations }, one);

  it.each(['twice', 'again'])('%s fires at what comes together, and not at what does not', (id) => {
    expect(run(id, test(true, event('evil'), event('evil', 5)))).toEqual({ found: 1, faults: [] });
    expect(run(id, test(false, event('evil'), event('evil', 5, 'b'), event('good', 6)))).toEqual({ found: 0, faults: [] });
  });

  it('says what it did instead', () => {
    expect(run('twice', test(true, event('evil'))).faults).toEqual([{ reason: 'the correlation does not fire' }]);
    expect(run('twice', test(false, event('evil'), event('evil', 1))).faults).toEqual([{ reason: 'the correlation fires once' }]);
    const two = [event('evil'), event('evil', 1), event('evil', 2, 'b'), event('evil', 3, 'b')];
    expect(run('twice', test(false, ...two)).faults).toEqual([{ reason: 'the correlation fires 2 times' }]);
  });
});
