import fc from 'fast-check';
import { FEEDBACK_VERDICTS } from '../../../contracts/feedback.js';
import { type RuleDayRow, ruleAlertsOf } from './rule-alerts.js';

const rules = fc.constantFrom('a', 'b', 'c');
const days = fc
  .uniqueArray(
    fc.record({
      rule_id: rules,
      day: fc.integer({ min: 20261110, max: 20261114 }),
      alerts: fc.integer({ min: 1, max: 1_000 }),
      folded: fc.nat(50),
      from: fc.integer({ min: 10, max: 15 }),
      to: fc.integer({ min: 16, max: 23 }),
    }),
    { selector: ({ rule_id, day }) => `${rule_id} ${day}` },
  )
  .map((rows) =>
    rows
      .map(({ rule_id, day, alerts, folded, from, to }): RuleDayRow => {
        const [first_at, last_at] = [from, to].map((hour) => `2026-11-${day % 100}T${hour}:00:00.000Z`) as [string, string];
        return { rule_id, day, alerts, matches: alerts + folded, first_at, last_at, alert_id: `${rule_id} ${day}` };
      })
      .sort((one, other) => one.day - other.day),
  );
const words = fc.array(
  fc.record({ rule_id: rules, verdict: fc.constantFrom(...FEEDBACK_VERDICTS), alerts: fc.integer({ min: 1, max: 9 }) }),
);

describe('ruleAlertsOf', () => {
  it('adds up what there is of each rule, once', () => {
    fc.assert(
      fc.property(days, words, (rows, said) => {
        const all = ruleAlertsOf(rows, said);
        expect(all.map(({ rule_id }) => rule_id)).toEqual([...new Set(rows.map(({ rule_id }) => rule_id))].sort());
        for (const { rule_id, verdicts, ...found } of all) {
          const own = rows.filter((row) => row.rule_id === rule_id);
          expect(found).toEqual({
            days: own.map(({ day, alerts, matches }) => ({ date: `2026-11-${day % 100}`, alerts, matches })),
            first_at: own[0]?.first_at,
            last_at: own.at(-1)?.last_at,
            alert_id: own.at(-1)?.alert_id,
          });
          for (const verdict of FEEDBACK_VERDICTS) {
            const counts = said.filter((word) => word.rule_id === rule_id && word.verdict === verdict);
            expect(verdicts[verdict]).toBe(counts.reduce((sum, { alerts }) => sum + alerts, 0));
          }
        }
      }),
    );
  });
});
