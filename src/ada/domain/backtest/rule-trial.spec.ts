import { linkFilters } from '../sigma/filters/link-filters.js';
import { parseFilter } from '../sigma/filters/parse-filter.js';
import { RuleFilters } from '../sigma/filters/rule-filters.js';
import { LogsourceTaxonomy } from '../sigma/logsource-taxonomy.js';
import { parseRule } from '../sigma/parse-rule.js';
import type { PastRecord } from '../../../contracts/stored-events.js';
import { RuleTrial } from './rule-trial.js';

const CONTEXT = {
  compilePattern: () => {
    throw new Error('not used');
  },
  placeholders: new Map(),
  logsources: new LogsourceTaxonomy([]),
};
const SPAN = { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 2) };

const rule = (id: string, selection: object, product = 'shop') =>
  parseRule({ title: id, id, level: 'low', logsource: { product }, detection: { s: selection, condition: 's' } }, CONTEXT);

const filter = parseFilter(
  { title: 'F', id: 'f', logsource: { product: 'shop' }, filter: { rules: ['logins'], s: { account: 'backup' }, condition: 's' } },
  CONTEXT,
);

function record(at: number, fields: object | string, timestamp = '2026-03-01T12:00:00Z'): PastRecord {
  const raw = typeof fields === 'string' ? fields : JSON.stringify({ product: 'shop', timestamp, ...fields });
  return { event_id: `batch.${at}`, index: at, received_at: SPAN.to, source: 'generic', raw };
}

/** A clock that moves on by a millisecond whenever it is asked. */
function ticking(): () => number {
  let now = 0;
  return () => ++now;
}

describe('RuleTrial', () => {
  it('counts events of the span and of the log source of each rule, matches, and what filters leave out', () => {
    const rules = [rule('logins', { action: 'login' }), rule('everything', { action: '*' }), rule('elsewhere', { action: '*' }, 'other')];
    const trial = new RuleTrial(rules, new RuleFilters(linkFilters(rules, [filter]).filters), ticking());
    const records = [
      record(0, { action: 'login', account: 'ann', host: 'WEB-1', user: 'ann' }),
      record(1, { action: 'login', account: 'backup' }),
      record(2, { action: 'search' }),
      record(3, { action: 'login' }, '2026-02-28T23:59:59Z'),
      record(4, { action: 'login' }, '2026-03-02T00:00:01Z'),
      record(5, 'not an event'),
      record(6, { product: 'other', action: 'x' }),
    ];
    const { scanned, rules: found } = trial.look(records, SPAN);
    expect(scanned).toBe(4);
    expect(found).toEqual([
      {
        events: 3,
        filtered: 1,
        micros: 1_000,
        matches: [expect.objectContaining({ event_id: 'batch.0', time: Date.UTC(2026, 2, 1, 12) })],
      },
      {
        events: 3,
        filtered: 0,
        micros: 1_000,
        matches: ['batch.0', 'batch.1', 'batch.2'].map((event_id) => expect.objectContaining({ event_id })),
      },
      { events: 1, filtered: 0, micros: 1_000, matches: [expect.objectContaining({ event_id: 'batch.6' })] },
    ]);
    expect(found[0]?.matches[0]).toMatchObject({ host: expect.stringMatching(/^web-1$/i) });
  });
});
