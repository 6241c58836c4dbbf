import { type AskedSample, type CanaryOutcome, prepareCanaries } from './canary-batch.js';
import { judgeCanaries } from './judge-canaries.js';
import type { RuleSample } from './rule-sample.js';

const asked = (matches: boolean, event = 0, rule = 'r'): AskedSample => ({ rule, test: matches ? 'yes' : 'no', event, matches });
const judge = (...tried: readonly (readonly [AskedSample, CanaryOutcome])[]) =>
  judgeCanaries(
    tried.map(([sample]) => sample),
    tried.map(([, outcome]) => outcome),
  ).get('r');

describe('judgeCanaries', () => {
  const GOOD = [asked(true), 'matched'] as const;

  it('finds nothing wrong with a rule that does what its tests say', () => {
    expect(judge(GOOD, [asked(false), 'unmatched'])).toBeUndefined();
  });

  it.each([
    ['unmatched', 'not_matched'],
    ['unreadable', 'unreadable'],
  ] as const)('finds a rule silent where one of its samples is %s', (outcome, reason) => {
    expect(judge(GOOD, [asked(true, 1), outcome], [asked(false), 'matched'])).toEqual({
      state: 'silent',
      faults: [{ test: 'yes', event: 1, reason }],
    });
  });

  it.each(['matched', 'left_out'] as const)('finds a rule noisy where what it must not match is %s', (outcome) => {
    expect(judge(GOOD, [asked(false), outcome])).toEqual({ state: 'noisy', faults: [{ test: 'no', event: 0, reason: 'matched' }] });
  });

  it('finds a rule filtered where all that it matches is left out, and not where some is', () => {
    expect(judge([asked(true), 'left_out'], [asked(true, 1), 'left_out'])?.state).toBe('filtered');
    expect(judge(GOOD, [asked(true, 1), 'left_out'])).toBeUndefined();
  });

  it('takes what could not be read for no match of what must not be matched', () => {
    expect(judge(GOOD, [asked(false), 'unreadable'])).toBeUndefined();
  });

  it('takes an answer that is missing for silence, and shows ten faults at most', () => {
    const samples = Array.from({ length: 12 }, (_, event) => asked(true, event));
    expect(judgeCanaries(samples, []).get('r')).toMatchObject({ state: 'silent', faults: { length: 10 } });
  });

  it('keeps rules apart', () => {
    const found = judgeCanaries([asked(true), asked(true, 0, 'other')], ['matched', 'unmatched']);
    expect([...found.keys()]).toEqual(['other']);
  });
});

describe('prepareCanaries', () => {
  const sample = (format: RuleSample['format'], ...texts: readonly string[]): RuleSample => ({
    test: 't',
    event: 0,
    matches: true,
    format,
    texts,
  });
  const text = (body: Uint8Array): string => new TextDecoder().decode(body);

  it('writes samples of one format together, one a line, and those of correlations by themselves', () => {
    const prepared = prepareCanaries([
      { id: 'a', title: 'A', kind: 'detection', isDerived: false, samples: [sample('generic', '1'), sample('zeek', '2')] },
      { id: 'c', title: 'C', kind: 'correlation', isDerived: false, samples: [sample('generic', '3', '4')] },
      { id: 'b', title: 'B', kind: 'detection', isDerived: false, samples: [sample('generic', '5')] },
    ]);
    const shown = prepared.map(({ batch: { declared, body, rules, isTogether } }) => [declared, text(body), rules, isTogether]);
    expect(shown).toHaveLength(3);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['generic', '1\n5\n', ['a', 'b'], false],
        ['zeek', '2\n', ['a'], false],
        ['generic', '3\n4\n', ['c'], true],
      ]),
    );
    for (const { batch, asked } of prepared) expect(asked.map(({ rule }) => rule)).toEqual(batch.rules);
  });

  it('writes what marks a canary nowhere in its bytes', () => {
    const [only] = prepareCanaries([
      { id: 'rule-7', title: 'T', kind: 'detection', isDerived: false, samples: [sample('generic', '{"a":1}')] },
    ]);
    expect(text(only!.batch.body)).toBe('{"a":1}\n');
  });

  it('bounds a batch', () => {
    const samples = Array.from({ length: 600 }, () => sample('generic', '1'));
    const prepared = prepareCanaries([{ id: 'a', title: 'A', kind: 'detection', isDerived: false, samples }]);
    expect(prepared.map(({ asked }) => asked.length)).toEqual([256, 256, 88]);
  });
});
