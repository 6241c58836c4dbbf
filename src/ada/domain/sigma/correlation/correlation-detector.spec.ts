import type { Detection } from '../../../../contracts/detection.js';
import type { SecurityEvent } from '../../../../contracts/security-event.js';
import { toTenantId } from '../../../../contracts/tenant.js';
import { linkFilters } from '../filters/link-filters.js';
import { parseFilter } from '../filters/parse-filter.js';
import { RuleFilters } from '../filters/rule-filters.js';
import { LogsourceTaxonomy } from '../logsource-taxonomy.js';
import { parseRule } from '../parse-rule.js';
import { CorrelationDetector, type CorrelationDetectorOptions } from './correlation-detector.js';
import { CorrelationLosses } from './correlation-losses.js';
import { linkCorrelations } from './link-correlations.js';
import { parseCorrelation } from './parse-correlation.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const START = Date.UTC(2026, 0, 1, 9);
const CONTEXT = {
  compilePattern: () => {
    throw new Error('not used');
  },
  placeholders: new Map(),
  logsources: new LogsourceTaxonomy([]),
};

const base = (id: string, action: string) =>
  parseRule({ title: id, id, author: 'Ann', logsource: { product: 'acme' }, detection: { s: { action }, condition: 's' } }, CONTEXT);
const RULES = [base('fail', 'fail'), base('ok', 'ok'), base('send', 'send')];

const correlation = (id: string, section: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  parseCorrelation({ title: `Title ${id}`, id, level: 'high', ...more, correlation: { timespan: '5m', 'group-by': ['ip'], ...section } });
const SPRAY = correlation('spray', { type: 'value_count', rules: ['fail'], condition: { gte: 3, field: 'user' } });
const MANY = correlation('many', { type: 'event_count', rules: ['fail'], condition: { gte: 3 } });
const THEN_OK = correlation('then-ok', { type: 'temporal_ordered', rules: ['many', 'ok'], timespan: '10m' });

function detector(rules = [SPRAY], more: Pick<CorrelationDetectorOptions, 'filters' | 'limits' | 'losses'> = {}): CorrelationDetector {
  const { correlations, refused, quiet } = linkCorrelations(RULES, rules);
  expect(refused).toEqual([]);
  const made = new CorrelationDetector({ correlations, rules: RULES, quiet, ...more });
  made.init();
  return made;
}

/** An event so many seconds after the start. */
function event(index: number, seconds: number, fields: Readonly<Record<string, unknown>>): SecurityEvent {
  const time = START + seconds * 1_000;
  return {
    index,
    format: 'generic',
    origin: { key: 'acme', product: 'acme' },
    time,
    timeAssumed: false,
    field: (name) => fields[name],
    values: () => [],
    normalized: { time: new Date(time).toISOString(), format: 'generic' },
    entities: [{ type: 'ip', value: '192.0.2.7' }],
  };
}

const batch = (id: string, arrived = 86_400) => ({ batch_id: id, received_at: new Date(START + arrived * 1_000).toISOString() });
const fail = (index: number, seconds: number, user: string, ip = '192.0.2.7') => event(index, seconds, { action: 'fail', user, ip });
const told = (found: readonly Detection[]) => found.map(({ rule, event_index }) => `${rule.id}@${event_index}`);

describe('CorrelationDetector', () => {
  it('R02 tells what was counted, of whom, when, by whose rule, and which events show it, over several batches', () => {
    const one = detector();
    expect(one.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 10, 'bob')], batch('b1'))).toEqual([]);
    expect(one.inspect(ACME, [fail(0, 20, 'ann'), fail(1, 30, 'eve')], batch('b2'))).toEqual([
      {
        detector: 'sigma',
        rule: { id: 'spray', title: 'Title spray', author: 'Ann', level: 'high', license: 'unspecified' },
        severity: 'high',
        event_index: 1,
        event_time: '2026-01-01T09:00:30.000Z',
        entities: [{ type: 'ip', value: '192.0.2.7' }],
        techniques: [],
        tactics: [],
        reason:
          'Title spray: 3 different values of user for ip "192.0.2.7", from 2026-01-01T09:00:10.000Z to 2026-01-01T09:00:30.000Z (at least 3 within 5m asked for)',
        evidence: ['b1.1', 'b2.0', 'b2.1'],
      },
    ]);
  });

  it('takes other rules in the middle of a batch: what was counted of correlations that ask the same is kept, of others dropped', () => {
    const one = detector([SPRAY, MANY]);
    const other = correlation('many', { type: 'event_count', rules: ['fail'], condition: { gte: 4 } });
    const { correlations, quiet } = linkCorrelations(RULES, [SPRAY, other]);
    one.inspect(ACME, [fail(0, 0, 'ann')], batch('b1'));
    one.inspect(GLOBEX, [fail(0, 0, 'ann')], batch('b1'));
    const kept = one.snapshot(GLOBEX);
    const events = [fail(0, 10, 'bob'), fail(1, 20, 'eve')];
    const lesson = one.begin(ACME, events, batch('b2'));
    lesson.take(events.slice(0, 1));
    one.takeRules({ rules: RULES, correlations, quiet, suppressions: new RuleFilters() });
    lesson.take(events.slice(1));
    expect(told(lesson.end())).toEqual(['spray@1']);
    expect(one.snapshot(GLOBEX)).toEqual(kept);
    expect(told(one.inspect(GLOBEX, events, batch('b2')))).toEqual(['spray@1']);
    expect(told(one.inspect(ACME, [fail(0, 30, 'dan'), fail(1, 40, 'dan')], batch('b3')))).toEqual(['many@1']);
  });

  it('learns nothing without correlations, and keeps what it knew for when there are some again', () => {
    const one = detector([SPRAY]);
    const { correlations, quiet } = linkCorrelations(RULES, [SPRAY]);
    const take = (some: typeof correlations): void =>
      one.takeRules({ rules: RULES, correlations: some, quiet, suppressions: new RuleFilters() });
    one.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 1, 'bob')], batch('b1'));
    const kept = one.snapshot(ACME);
    take([]);
    expect(one.inspect(ACME, [fail(0, 10, 'dan')], batch('b2'))).toEqual([]);
    expect(one.snapshot(ACME)).toEqual(kept);
    expect(one.snapshot(GLOBEX)).toBeNull();
    take(correlations);
    expect(told(one.inspect(ACME, [fail(0, 20, 'eve')], batch('b3')))).toEqual(['spray@0']);
  });

  it('slides: windows begin anywhere, and one that has passed by a millisecond does not count', () => {
    const times = (last: number) => detector().inspect(ACME, [fail(0, 299, 'ann'), fail(1, 300, 'bob'), fail(2, last, 'eve')], batch('b'));
    expect(told(times(598.999))).toEqual(['spray@2']);
    expect(told(times(599))).toEqual([]);
  });

  it('is silent while a window overlaps the one that it fired for, and fires again behind it', () => {
    const one = detector([MANY]);
    const steady = Array.from({ length: 700 }, (_, second) => fail(second, second, 'ann'));
    expect(told(one.inspect(ACME, steady, batch('b')))).toEqual(['many@2', 'many@302', 'many@602']);
  });

  it('chains: what fires counts for the next, whose evidence is that of both; what only serves is silent', () => {
    const one = detector([THEN_OK, MANY]);
    const failed = [0, 1, 2].map((second) => fail(second, second, 'ann'));
    const [found, ...others] = one.inspect(ACME, [...failed, event(3, 60, { action: 'ok', user: 'ann', ip: '192.0.2.7' })], batch('b'));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ rule: { id: 'then-ok' }, event_index: 3, evidence: ['b.0', 'b.1', 'b.2', 'b.3'] });
    expect(told(detector([THEN_OK, MANY]).inspect(ACME, [event(0, 0, { action: 'ok', ip: '192.0.2.7' }), ...failed], batch('b')))).toEqual(
      [],
    );
  });

  it('takes events in order of time within a batch, and those that come an hour late in a later one', () => {
    const one = detector([correlation('order', { type: 'temporal_ordered', rules: ['fail', 'ok', 'send'], timespan: '2h' })]);
    const at = (index: number, seconds: number, action: string) => event(index, seconds, { action, ip: 'x' });
    expect(told(one.inspect(ACME, [at(0, 3_700, 'send'), at(1, 100, 'fail')], batch('b1')))).toEqual([]);
    expect(told(one.inspect(ACME, [at(0, 200, 'ok')], batch('b2')))).toEqual(['order@0']);
  });

  it('takes events of the future as of their arrival, so that one does not end every window', () => {
    const one = detector();
    one.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 900_000, 'bob')], batch('b1', 10));
    expect(told(one.inspect(ACME, [fail(0, 20, 'eve')], batch('b2', 20)))).toEqual(['spray@0']);
  });

  it('tells groups apart, whatever case they are written in, and leaves events without one out', () => {
    const events = [fail(0, 0, 'ann', 'A'), fail(1, 1, 'bob', 'B'), fail(2, 2, 'eve', 'a'), event(3, 3, { action: 'fail', user: 'dan' })];
    const one = detector();
    expect(one.inspect(ACME, events, batch('b1'))).toEqual([]);
    expect(told(one.inspect(ACME, [fail(0, 4, 'ANN', 'a'), fail(1, 5, 'dan', 'a')], batch('b2')))).toEqual(['spray@1']);
  });

  it('keeps tenants apart, and forgets one alone', () => {
    const one = detector();
    one.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 1, 'bob')], batch('b1'));
    expect(one.inspect(GLOBEX, [fail(0, 2, 'eve')], batch('b2'))).toEqual([]);
    one.forget(GLOBEX);
    expect(told(one.inspect(ACME, [fail(0, 2, 'eve')], batch('b3')))).toEqual(['spray@0']);
  });

  it('goes on from a snapshot, and takes bytes that are none for nothing', () => {
    const before = detector();
    before.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 1, 'bob')], batch('b1'));
    const after = detector();
    after.restore(ACME, before.snapshot(ACME)!);
    expect(after.inspect(ACME, [fail(0, 2, 'eve')], batch('b2'))).toMatchObject([{ evidence: ['b1.0', 'b1.1', 'b2.0'] }]);
    after.restore(ACME, Uint8Array.of(1, 2, 3));
    expect([after.snapshot(ACME), after.inspect(ACME, [fail(0, 3, 'ann')], batch('b3'))]).toEqual([null, []]);
  });

  it('takes up nothing for a rule that asks something else by now', () => {
    const before = detector();
    before.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 1, 'bob')], batch('b1'));
    const after = detector([correlation('spray', { type: 'value_count', rules: ['fail'], condition: { gte: 2, field: 'user' } })]);
    after.restore(ACME, before.snapshot(ACME)!);
    expect(after.inspect(ACME, [fail(0, 2, 'eve')], batch('b2'))).toEqual([]);
  });

  it('R02 lets go of the stalest groups beyond its bounds, and counts them', () => {
    const losses = new CorrelationLosses();
    const one = detector([SPRAY], { limits: { groups: 100, sightings: 1_000 }, losses });
    const flood = Array.from({ length: 500 }, (_, at) => fail(at + 2, at / 1_000, 'ann', `ip${at}`));
    one.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 0, 'bob'), ...flood], batch('b1'));
    expect(losses.take()).toEqual({ evicted: 401, late: 0 });
    expect(one.inspect(ACME, [fail(0, 2, 'eve')], batch('b2'))).toEqual([]);
    expect(told(one.inspect(ACME, [fail(0, 3, 'bob', 'ip499'), fail(1, 3, 'eve', 'ip499')], batch('b3')))).toEqual(['spray@1']);
  });

  it('bounds what one group keeps, and still counts to the end', () => {
    const one = detector(
      [correlation('sum', { type: 'value_sum', rules: ['send'], timespan: '1d', condition: { gte: 12_000, field: 'size' } })],
      {
        limits: { groups: 10, sightings: 20_000 },
      },
    );
    const sent = Array.from({ length: 12_000 }, (_, at) => event(at, at / 1_000, { action: 'send', ip: 'x', size: 1 }));
    expect(one.inspect(ACME, sent, batch('b1'))).toEqual([]);
    expect(told(one.inspect(ACME, [event(0, 13, { action: 'send', ip: 'x', size: '2001' })], batch('b2')))).toEqual(['sum@0']);
  });

  it('leaves what comes behind its window uncounted, and counts that', () => {
    const losses = new CorrelationLosses();
    const one = detector([SPRAY], { losses });
    one.inspect(ACME, [fail(0, 600, 'ann'), fail(1, 601, 'bob')], batch('b1'));
    expect(one.inspect(ACME, [fail(0, 301, 'eve')], batch('b2'))).toEqual([]);
    expect([losses.take(), losses.take()]).toEqual([
      { evicted: 0, late: 1 },
      { evicted: 0, late: 0 },
    ]);
  });

  it('leaves groups whose time is over', () => {
    const one = detector();
    one.inspect(ACME, [fail(0, 0, 'ann'), fail(1, 1, 'bob')], batch('b1'));
    one.inspect(ACME, [event(0, 4_000, { action: 'none' })], batch('b2'));
    expect(one.snapshot(ACME)).toBeNull();
  });

  it('R02 leaves those of a short window while an older one of a long window lives', () => {
    const slow = correlation('slow', { type: 'event_count', rules: ['send'], timespan: '30d', condition: { gte: 9 } });
    const both = detector([slow, SPRAY]);
    const alone = detector([slow, SPRAY]);
    const send = event(0, 0, { action: 'send', ip: 'x' });
    alone.inspect(ACME, [send], batch('b1'));
    both.inspect(ACME, [send, ...Array.from({ length: 50 }, (_, at) => fail(at + 1, at + 1, 'ann', `ip${at}`))], batch('b1'));
    for (const one of [both, alone]) one.inspect(ACME, [event(0, 4_000, { action: 'none' })], batch('b2'));
    expect(both.snapshot(ACME)).toEqual(alone.snapshot(ACME));
  });

  it('R02 counts nothing that a filter leaves out, of one tenant or of all', () => {
    const filterOf = (user: string) =>
      linkFilters(RULES, [
        parseFilter(
          { title: user, id: user, logsource: { product: 'acme' }, filter: { rules: ['fail'], s: { user }, condition: 's' } },
          CONTEXT,
        ),
      ]).filters;
    const filters = new RuleFilters(filterOf('dan'), new Map([[ACME, filterOf('eve')]]));
    const events = [fail(0, 0, 'ann'), fail(1, 1, 'dan'), fail(2, 2, 'bob'), fail(3, 3, 'eve')];
    expect(detector([SPRAY], { filters }).inspect(ACME, events, batch('b'))).toEqual([]);
    expect(detector([SPRAY], { filters }).inspect(GLOBEX, events, batch('b'))).toMatchObject([{ evidence: ['b.0', 'b.2', 'b.3'] }]);
  });

  it('rehearses with windows of its own: what fires, what serves others, what filters leave out; nothing is counted or lost', () => {
    const eve = parseFilter(
      { title: 'eve', id: 'eve', logsource: { product: 'acme' }, filter: { rules: ['fail'], s: { user: 'eve' }, condition: 's' } },
      CONTEXT,
    );
    const filters = new RuleFilters([], new Map([[ACME, linkFilters(RULES, [eve]).filters]]));
    const losses = new CorrelationLosses();
    const one = detector([SPRAY], { filters, losses, limits: { groups: 1, sightings: 10 } });
    one.inspect(GLOBEX, [fail(0, 0, 'ann'), fail(1, 1, 'bob')], batch('b1'));
    const before = one.snapshot(GLOBEX);
    const events = [fail(0, 2, 'ann'), fail(1, 3, 'bob', '198.51.100.1'), fail(2, 4, 'bob'), fail(3, 5, 'eve')];
    const served = [0, 1, 2].map((at) => ({ ruleId: 'fail', event: at, isLeftOut: false }));
    const last = (tenant: typeof ACME) => one.rehearse(tenant, events, batch('canary')).slice(3);
    expect(one.rehearse(ACME, events, batch('canary')).slice(0, 3)).toEqual(served);
    expect(last(ACME)).toEqual([{ ruleId: 'fail', event: 3, isLeftOut: true }]);
    expect(last(GLOBEX)).toEqual([{ ruleId: 'fail', event: 3, isLeftOut: false }]);
    const wide = detector([SPRAY], { filters }).rehearse(ACME, [events[0]!, events[2]!, events[3]!], batch('canary'));
    expect(wide.at(-1)).toEqual({ ruleId: 'spray', event: 3, isLeftOut: true });
    expect(one.snapshot(GLOBEX)).toEqual(before);
    expect(one.snapshot(ACME)).toBeNull();
    expect(losses.take()).toEqual({ evicted: 0, late: 0 });
    expect(told(one.inspect(GLOBEX, [fail(0, 6, 'eve')], batch('b2')))).toEqual(['spray@0']);
  });

  it('is not to be used before it is made ready, nor after', () => {
    const one = detector();
    one.destroy();
    expect(() => one.inspect(ACME, [], batch('b'))).toThrow(/not initialised/);
    expect(one.rarityOf()).toBeUndefined();
  });
});
