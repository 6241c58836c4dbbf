import fc from 'fast-check';
import { PLACEHOLDERS, randomRule } from '../../../../../test/support/sigma/random-rules.js';
import { randomEvent } from '../../../../../test/support/sigma/random-events.js';
import { PlainSigma } from '../../../../../test/support/sigma/plain-sigma.js';
import { toEvent } from '../../../../../test/support/sigma/one-rule.js';
import { compileOperatorPattern } from '../../../adapters/linear-pattern.js';
import { readLogsources } from '../../../adapters/logsource-files.js';
import { isRejection, parseEvent } from '../../../../events/parse-event.js';
import { parseNamedRule } from '../parse-rule.js';
import type { Explanation, RuleExplanation } from './explanation.js';
import { explainRule } from './explain-rule.js';

type Fields = Readonly<Record<string, unknown>>;

const context = {
  compilePattern: compileOperatorPattern,
  placeholders: new Map(Object.entries(PLACEHOLDERS)),
  logsources: readLogsources(),
};

function named(detection: Fields, logsource: Fields = { product: 'acme' }): ReturnType<typeof parseNamedRule> {
  return parseNamedRule({ title: 'A rule', level: 'low', logsource, detection }, context);
}

function explainIn(detection: Fields, fields: Fields, logsource?: Fields): RuleExplanation {
  const { rule, searches } = named(detection, logsource);
  return explainRule(rule, searches, toEvent(fields));
}

describe('explainRule', () => {
  it('names searches, what they ask, and what was seen', () => {
    const detection = {
      selection: { tool: ['evil.exe', '*.scr'], 'path|contains|all': ['temp', 'x'] },
      filter_home: { user: null },
      condition: 'selection and not 1 of filter_*',
    };
    const { matches, detection: found } = explainIn(detection, { tool: ['a', 'Evil.exe'], path: 'C:\\Temp', user: 'bob' });
    expect(matches).toBe(false);
    const path = { kind: 'item', field: 'path', more: 0, seen: ['C:\\Temp'] };
    expect(found).toEqual({
      kind: 'and',
      holds: false,
      of: [
        {
          kind: 'and',
          search: 'selection',
          holds: false,
          of: [
            {
              kind: 'item',
              holds: true,
              field: 'tool',
              asks: [
                { asked: 'equals "evil.exe"', holds: true },
                { asked: 'endswith ".scr"', holds: false },
              ],
              more: 0,
              seen: ['a', 'Evil.exe'],
            },
            {
              kind: 'and',
              holds: false,
              of: [
                { ...path, holds: true, asks: [{ asked: 'contains "temp"', holds: true }] },
                { ...path, holds: false, asks: [{ asked: 'contains "x"', holds: false }] },
              ],
            },
          ],
        },
        {
          kind: 'not',
          holds: true,
          of: [
            {
              kind: 'item',
              search: 'filter_home',
              holds: false,
              field: 'user',
              asks: [{ asked: 'is null or not there', holds: false }],
              more: 0,
              seen: ['bob'],
            },
          ],
        },
      ],
    });
  });

  it('tells the log source from what is detected', () => {
    const detection = { s: { a: 1 }, condition: 's' };
    expect(explainIn(detection, { a: 1 })).toMatchObject({ matches: true, logsource: { holds: true, seen: { product: 'acme' } } });
    expect(explainIn(detection, { a: 1 }, { product: 'other', service: 'x' })).toMatchObject({
      matches: false,
      logsource: { holds: false, asked: { product: 'other', service: 'x' }, seen: { product: 'acme' } },
      detection: { holds: true },
    });
  });

  it.each<[Fields, Fields, string, readonly string[]]>([
    [{ 'a|re': 'x+' }, { a: 'xx' }, 'matches /x+/', ['xx']],
    [{ 'a|cidr': '10.0.0.0/8' }, { a: '10.1.1.1' }, 'is in 10.0.0.0/8', ['10.1.1.1']],
    [{ 'a|gte': 5 }, { a: 6 }, 'is gte 5', ['6']],
    [{ 'a|hour|lt': 5 }, { a: '2026-01-01T03:00:00Z' }, 'has a hour that is lt 5', ['2026-01-01T03:00:00Z']],
    [{ a: '*' }, { a: 'x' }, 'has any value', ['x']],
    [{ 'a|exists': true }, { a: null }, 'is there', ['null']],
    [{ 'a|exists': false }, {}, 'is not there', []],
    [{ a: 'x?z' }, { a: 'xyz' }, 'looks like "x?z"', ['xyz']],
    [{ 'a|cased': 'X' }, { a: 'X' }, 'equals "X" in this case', ['X']],
    [{ 'a|fieldref': 'b' }, { a: 'x', b: 'X' }, 'equals field b ("X")', ['x']],
  ])('says of %j what it asks', (search, fields, asked, seen) => {
    expect(explainIn({ s: search, condition: 's' }, fields).detection).toMatchObject({ holds: true, asks: [{ asked, holds: true }], seen });
  });

  it('shows the value that a keyword is in, and bounds what is shown', () => {
    const words = Array.from({ length: 30 }, (_, at) => `no ${at}`);
    const found = explainIn({ s: [...words, 'mimi'], condition: 's' }, { a: 'x', b: `mimi${'y'.repeat(1_000)}` }).detection;
    expect(found).toMatchObject({ holds: true, field: 'any field', more: 11, seen: [`mimi${'y'.repeat(296)}…`] });
  });

  it('agrees with a plain evaluation of random rules, and each search with its own', () => {
    const model = new PlainSigma(PLACEHOLDERS);
    let held = 0;
    fc.assert(
      fc.property(fc.array(randomRule, { minLength: 20, maxLength: 20, size: 'max' }), randomEvent, (rules, { fields }) => {
        const event = parseEvent(JSON.stringify(fields), { index: 0, declared: 'generic', receivedAt: 0 });
        if (isRejection(event)) return;
        const asked = { field: (name: string) => event.field(name), values: () => [...event.values()] };
        for (const { detection } of rules) {
          const { rule, searches } = named(detection);
          const { detection: found } = explainRule(rule, searches, event);
          expect(found.holds).toBe(model.holds(detection, asked));
          if (found.holds) held++;
          for (const part of searchesIn(found)) {
            expect(part.holds).toBe(model.holds({ ...detection, condition: part.search }, asked));
          }
        }
      }),
      { numRuns: 100, seed: 20_261_123 },
    );
    expect(held).toBeGreaterThan(200);
  });
});

function searchesIn(explanation: Explanation): readonly Explanation[] {
  const inner = explanation.kind === 'item' ? [] : explanation.of.flatMap(searchesIn);
  return explanation.search === undefined ? inner : [explanation, ...inner];
}
