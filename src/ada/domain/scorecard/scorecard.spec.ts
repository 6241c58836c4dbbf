import fc from 'fast-check';
import type { RuleAlerts } from '../../../contracts/rule-alerts.js';
import type { RuleSummary } from '../../../contracts/rule-catalog.js';
import { lastDays } from './last-days.js';
import { leastShare } from './least-share.js';
import { alertsOfGone, recordsOf, type RuleRecord } from './rule-record.js';
import { NO_ALERTS, type RuleTally } from './rule-tally.js';
import { comparePositions, SCORECARD_SORTS, scorecardOf, scorecardPosition } from './scorecard.js';

const RANGE = { first_day: '2026-10-23', last_day: '2026-11-21' };
const NO_COSTS: ReadonlyMap<string, number> = new Map();
const ROUNDING = 1e-12;
const DAYS = [{ date: '2026-11-20', alerts: 10, matches: 12 }];

function rule(id: string, more: Partial<RuleSummary> = {}): RuleSummary {
  const reference = { id, title: `Title ${id}`, author: 'tests', level: 'high', license: 'Apache-2.0' } as const;
  const rest = { status: 'test', description: '', techniques: [], tactics: [], logsource: {}, falsepositives: [] };
  return { ...reference, detector: 'sigma', ...rest, ...more };
}

/** A rule that raised so many alerts, of which so many were judged true and false. */
function record(id: string, alerts: number, judgedTrue = 0, judgedFalse = 0, more: Partial<RuleSummary> = {}): RuleRecord {
  const verdicts = { true_positive: judgedTrue, false_positive: judgedFalse, benign_positive: 0 };
  const at = '2026-11-20T10:00:00.000Z';
  const tally: RuleTally = alerts === 0 ? NO_ALERTS : { alerts, matches: alerts + 2, verdicts, first_at: at, last_at: at, days: DAYS };
  return { rule: rule(id, more), in_force: true, tally };
}

describe('scorecardOf', () => {
  it('R02 says what was raised and what was said of it, so that the counts add up', () => {
    expect(scorecardOf(record('a', 10, 1, 4), RANGE, NO_COSTS)).toEqual({
      rule: { id: 'a', title: 'Title a', author: 'tests', level: 'high', license: 'Apache-2.0' },
      detector: 'sigma',
      in_force: true,
      ...RANGE,
      matches: 12,
      alerts: 10,
      true_positives: 1,
      false_positives: 4,
      benign_positives: 0,
      unjudged: 5,
      noise: 0.8,
      noise_at_least: 0.376,
      first_seen_at: '2026-11-20T10:00:00.000Z',
      last_seen_at: '2026-11-20T10:00:00.000Z',
      cost_us: null,
      days: DAYS,
    });
  });

  it('knows no noise where nothing was judged, and zeros where nothing matched', () => {
    expect(scorecardOf(record('a', 3), RANGE, NO_COSTS)).toMatchObject({ alerts: 3, unjudged: 3, noise: null, noise_at_least: null });
    const zeros = { matches: 0, alerts: 0, unjudged: 0, true_positives: 0, first_seen_at: null, last_seen_at: null, days: [] };
    expect(scorecardOf(record('a', 0), RANGE, NO_COSTS)).toMatchObject(zeros);
  });

  it('does not claim to know the matches of a rule that raises no alerts', () => {
    expect(scorecardOf(record('a', 0, 0, 0, { alerts: false }), RANGE, NO_COSTS)).toMatchObject({ matches: null, alerts: 0 });
  });

  it('says what a rule in force costs, where that is known', () => {
    const costs = new Map([['a', 12.34567]]);
    expect(scorecardOf(record('a', 3), RANGE, costs).cost_us).toBe(12.346);
    expect(scorecardOf(record('b', 3), RANGE, costs).cost_us).toBeNull();
    expect(scorecardOf({ ...record('a', 3), in_force: false }, RANGE, costs).cost_us).toBeNull();
  });
});

describe('the order of scorecards', () => {
  const listed = (records: readonly RuleRecord[], by: (typeof SCORECARD_SORTS)[number], costs = NO_COSTS): string[] =>
    records
      .map((each) => scorecardPosition(scorecardOf(each, RANGE, costs), by))
      .sort((one, other) => comparePositions(other, one))
      .map(([, id]) => id);

  it('has the noisiest first: a share of many before the same of few, and what nobody judged last, by its alerts', () => {
    const records = [
      record('silent', 0),
      record('one of one', 1, 0, 1),
      record('all true', 5, 5, 0),
      record('unjudged', 7),
      record('forty of fifty', 60, 10, 40),
      record('much unjudged', 70),
    ];
    expect(listed(records, 'noise')).toEqual(['forty of fifty', 'one of one', 'all true', 'much unjudged', 'unjudged', 'silent']);
    expect(listed(records, 'alerts')[0]).toBe('much unjudged');
    expect(listed(records, 'false_positives').slice(0, 2)).toEqual(['forty of fifty', 'one of one']);
    expect(listed(records, 'last_seen_at').at(-1)).toBe('silent');
    expect(listed([record('a', 0, 0, 0, { alerts: false }), record('b', 0)], 'matches')).toEqual(['b', 'a']);
    const costs = new Map([
      ['cheap', 0.2],
      ['dear', 40],
    ]);
    expect(listed([record('cheap', 9), record('unknown', 9), record('dear', 0)], 'cost_us', costs)).toEqual(['dear', 'cheap', 'unknown']);
  });

  it('is one order: none stands in the place of another', () => {
    const ids = fc.uniqueArray(fc.string(), { maxLength: 8 });
    fc.assert(
      fc.property(ids, fc.constantFrom(...SCORECARD_SORTS), fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }), (names, by, alerts) => {
        const costs = new Map(names.slice(0, 5).map((id, at) => [id, alerts[at] ?? 0]));
        const positions = names.map((id, at) => scorecardPosition(scorecardOf(record(id, alerts[at] ?? 0), RANGE, costs), by));
        for (const one of positions) {
          for (const other of positions) {
            const order = comparePositions(one, other);
            expect(order).toBe(-comparePositions(other, one) + 0);
            expect(order === 0).toBe(one === other);
          }
        }
      }),
    );
  });
});

describe('leastShare', () => {
  it('is what the share is at least, and comes nearer to it the more there are', () => {
    // Computed by hand from Wilson's formula.
    expect(leastShare(1, 1)).toBeCloseTo(0.2065, 4);
    expect(leastShare(40, 50)).toBeCloseTo(0.6696, 4);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(10_000), (whole, some) => {
        const part = Math.min(some, whole);
        const least = leastShare(part, whole);
        expect(least).toBeGreaterThanOrEqual(0);
        expect(least).toBeLessThanOrEqual(part / whole + ROUNDING);
        expect(leastShare(part * 10, whole * 10)).toBeGreaterThanOrEqual(least - ROUNDING);
      }),
    );
  });
});

describe('records of rules', () => {
  it('has rules in force with what they raised, and those that are gone by what their alerts tell', () => {
    const raised = ['gone', 'here'].map((rule_id): RuleAlerts => {
      const at = '2026-11-20T10:00:00.000Z';
      return { rule_id, days: DAYS, first_at: at, last_at: at, alert_id: `of ${rule_id}`, verdicts: NO_ALERTS.verdicts };
    });
    const rules = [rule('here'), rule('quiet')];
    expect(alertsOfGone(rules, raised)).toEqual(['of gone']);
    const { id, title, author, level, license } = rule('gone');
    const reference = { id, title, author, level, license };
    const records = recordsOf(rules, [{ rule: reference, detector: 'statistical', techniques: ['T1059'] }], raised);
    expect(records.map((each) => [each.rule.id, each.in_force, each.tally.alerts, each.tally.matches])).toEqual([
      ['here', true, 10, 12],
      ['quiet', true, 0, 0],
      ['gone', false, 10, 12],
    ]);
    expect(records.at(-1)?.rule).toMatchObject({ title: 'Title gone', detector: 'statistical', techniques: ['T1059'] });
  });
});

describe('lastDays', () => {
  it.each([
    ['2026-11-21T23:59:59.999Z', 30, '2026-10-23', '2026-11-21'],
    ['2026-11-21T00:00:00.000Z', 1, '2026-11-21', '2026-11-21'],
    ['2024-03-01T12:00:00.000Z', 2, '2024-02-29', '2024-03-01'],
  ])('of %s, %i of them', (now, days, first_day, last_day) => {
    expect(lastDays(Date.parse(now), days)).toEqual({ first_day, last_day });
  });
});
