import fc from 'fast-check';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Detection } from '../../src/contracts/detection.js';
import { FEEDBACK_VERDICTS, type FeedbackVerdict } from '../../src/contracts/feedback.js';
import type { RuleAlerts } from '../../src/contracts/rule-alerts.js';
import type { TenantId } from '../../src/contracts/tenant.js';
import type { CaseTables } from '../../src/mssp/cases/adapters/case-tables.js';
import { SqliteAlertStore } from '../../src/mssp/cases/adapters/sqlite-alert-store.js';
import { StoredRuleAlertReader } from '../../src/mssp/cases/stored-rule-alert-reader.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';
import { ACME, batch, casesIn, detection, GLOBEX, NOON, SYSTEM_STAMP } from './alert-store-fixtures.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALWAYS = { first_day: '2025-01-01', last_day: '2025-12-31' };

function ofRule(id: string, index: number, more: Partial<Detection> = {}): Detection {
  return detection(index, { rule: { ...detection(0).rule, id, title: `Title ${id}` }, ...more });
}

describeOnEngines('RuleAlertReader', (open) => {
  let stores: OpenedStores;
  let alerts: SqliteAlertStore;
  let reader: StoredRuleAlertReader;

  beforeEach(async () => {
    stores = await open();
    alerts = new SqliteAlertStore(casesIn(stores.tenants, true));
    reader = new StoredRuleAlertReader(alerts);
  });
  afterEach(() => stores.close());

  const raise = (id: string, now: number, detections: readonly Detection[], alerts_per_min = 1_000, tenant = ACME): Promise<void> =>
    alerts.raise(tenant, { alerts_per_min, now, batch: { ...batch(id), received_at: new Date(now).toISOString() }, detections });

  const judge = async (alertId: string, verdict: FeedbackVerdict, at: number, analyst = 'jo', tenant = ACME): Promise<void> => {
    const feedback = { feedback_id: uuidv7(), alert_id: alertId, rule_id: 'x', verdict, comments: '', analyst };
    await alerts.keepFeedback(tenant, { ...feedback, at: new Date(at).toISOString(), correlation_id: 'req' }, SYSTEM_STAMP);
  };

  const idsOf = async (rule: string, tenant: TenantId = ACME): Promise<readonly string[]> =>
    (await alerts.list(tenant, { rule_id: [rule], sort: { by: 'created_at', descending: false }, limit: 500 })).map(
      ({ alert_id }) => alert_id,
    );

  const read = async (days = ALWAYS, ruleId?: string, tenant: TenantId = ACME): Promise<readonly string[]> =>
    (await reader.read(tenant, days, ruleId)).map(inShort);

  it('adds up alerts by rule and day of raising, with the last word on them, and says when the first and the last were raised', async () => {
    await raise('b1', NOON, [ofRule('b', 0), ofRule('a', 0), ofRule('a', 1)]);
    await raise('b2', NOON + HOUR, [ofRule('a', 0)]);
    await raise('b3', NOON + DAY, [ofRule('a', 0)]);
    const ids = await idsOf('a');
    await judge(ids[0] ?? '', 'false_positive', NOON + HOUR);
    await judge(ids[3] ?? '', 'true_positive', NOON + DAY);
    const [a] = await reader.read(ACME, ALWAYS);
    expect(a).toEqual({
      rule_id: 'a',
      days: [
        { date: '2025-03-01', alerts: 3, matches: 3 },
        { date: '2025-03-02', alerts: 1, matches: 1 },
      ],
      first_at: '2025-03-01T12:00:00.000Z',
      last_at: '2025-03-02T12:00:00.000Z',
      alert_id: ids.at(-1),
      verdicts: { true_positive: 1, false_positive: 1, benign_positive: 0 },
    });
    expect(await read()).toEqual(['a 03-01 3/3, 03-02 1/1; 1 true 1 false 0 benign', 'b 03-01 1/1; 0 true 0 false 0 benign']);
    expect(await reader.read(ACME, ALWAYS, 'a')).toEqual([a]);
    expect(await read(ALWAYS, 'nothing')).toEqual([]);
  });

  it('takes whole days, the first and the last included', async () => {
    const midnight = NOON - 12 * HOUR;
    for (const [rule, at] of Object.entries({ before: -1, first: 0, last: 2 * DAY - 1, after: 2 * DAY }))
      await raise(rule, midnight + at, [ofRule(rule, 0)]);
    for (const rule of ['before', 'first']) await judge((await idsOf(rule))[0] ?? '', 'benign_positive', NOON);
    const days = { first_day: '2025-03-01', last_day: '2025-03-02' };
    expect(await read(days)).toEqual(['first 03-01 1/1; 0 true 0 false 1 benign', 'last 03-02 1/1; 0 true 0 false 0 benign']);
    expect(await read(days, 'before')).toEqual([]);
  });

  it('counts nothing twice that is raised twice, and every match that was folded into a storm alert once', async () => {
    const evidence = ['b1.0', 'b1.1', 'b1.2'];
    const many = Array.from({ length: 10 }, (_, at) => ofRule('a', at, at === 9 ? { evidence } : {}));
    for (let turn = 0; turn < 3; turn++) await raise('b1', NOON, many, 4);
    expect(await read()).toEqual(['a 03-01 5/10; 0 true 0 false 0 benign']);
    await raise('b2', NOON + 1, many.slice(0, 3), 4);
    expect(await read()).toEqual(['a 03-01 5/13; 0 true 0 false 0 benign']);
    await stores.platform.get();
    const another = await stores.beside();
    const beside = new StoredRuleAlertReader(new SqliteAlertStore(casesIn(another.tenants, true)));
    expect(await beside.read(ACME, ALWAYS)).toEqual(await reader.read(ACME, ALWAYS));
    await another.close();
  });

  it('goes by the last word, whoever had it, and counts an alert once', async () => {
    await raise('b1', NOON, [ofRule('a', 0), ofRule('a', 1)]);
    const [one = '', other = ''] = await idsOf('a');
    await judge(one, 'false_positive', NOON + 1, 'jo');
    await judge(one, 'true_positive', NOON + 2, 'kim');
    await judge(other, 'benign_positive', NOON + 3, 'jo');
    expect(await read()).toEqual(['a 03-01 2/2; 1 true 0 false 1 benign']);
    await judge(one, 'benign_positive', NOON + 4, 'jo');
    expect(await read()).toEqual(['a 03-01 2/2; 0 true 0 false 2 benign']);
  });

  it('keeps to the tenant, and to rules: what indicators raised is not counted', async () => {
    await raise('b1', NOON, [ofRule('a', 0), ofRule('indicator-1', 1, { detector: 'intel' }), ofRule('s', 2, { detector: 'statistical' })]);
    await judge((await idsOf('indicator-1'))[0] ?? '', 'true_positive', NOON);
    await raise('b1', NOON, [ofRule('a', 0)], 1_000, GLOBEX);
    const [theirs = ''] = await idsOf('a', GLOBEX);
    await judge(theirs, 'true_positive', NOON, 'jo', GLOBEX);
    expect(await read()).toEqual(['a 03-01 1/1; 0 true 0 false 0 benign', 's 03-01 1/1; 0 true 0 false 0 benign']);
    expect(await read(ALWAYS, 'indicator-1')).toEqual([]);
    expect(await read(ALWAYS, undefined, GLOBEX)).toEqual(['a 03-01 1/1; 1 true 0 false 0 benign']);
    expect(await reader.rulesOf(ACME, [theirs])).toEqual([]);
  });

  it('tells the rules of alerts', async () => {
    await raise('b1', NOON, [ofRule('a', 0), ofRule('s', 2, { detector: 'statistical', techniques: [] })]);
    const ids = [...(await idsOf('a')), ...(await idsOf('s'))];
    const rules = await reader.rulesOf(ACME, [...ids, '00000000-0000-5000-8000-000000000000']);
    expect([...rules].sort((x, y) => (x.rule.id < y.rule.id ? -1 : 1))).toMatchObject([
      { rule: { id: 'a', title: 'Title a', author: 'GATRA' }, detector: 'sigma', techniques: ['T1059.001'] },
      { rule: { id: 's' }, detector: 'statistical', techniques: [] },
    ]);
    expect(await reader.rulesOf(ACME, [])).toEqual([]);
  });

  it('adds up what was raised and said before there were sums, once, and what comes after', async () => {
    const many = Array.from({ length: 6 }, (_, at) => ofRule('a', at));
    await raise('b1', NOON, many, 4);
    await raise('b2', NOON + DAY, [ofRule('b', 0), ofRule('a', 1)]);
    const ids = await idsOf('a');
    await judge(ids[0] ?? '', 'true_positive', NOON + 1, 'jo');
    await judge(ids[0] ?? '', 'false_positive', NOON + 2, 'kim');
    await judge(ids[1] ?? '', 'benign_positive', NOON + 3, 'jo');
    const before = await reader.read(ACME, ALWAYS);
    expect(before.map(inShort)).toEqual(['a 03-01 5/6, 03-02 1/1; 0 true 1 false 1 benign', 'b 03-02 1/1; 0 true 0 false 0 benign']);
    const db = await stores.tenants.of<CaseTables>(ACME);
    for (const table of ['rule_day', 'alert_word'] as const) await db.deleteFrom(table).execute();
    await raise('b3', NOON + DAY + 1, [ofRule('b', 0)]);
    const later = new StoredRuleAlertReader(new SqliteAlertStore(casesIn(stores.tenants, false)));
    const after = async (): Promise<string[]> => (await later.read(ACME, ALWAYS)).map(inShort);
    expect(await after()).toEqual([inShort(before[0] as RuleAlerts), 'b 03-02 2/2; 0 true 0 false 0 benign']);
    await raise('b1', NOON, many, 4);
    await raise('b4', NOON + 1, many, 4);
    await judge(ids[0] ?? '', 'true_positive', NOON + 9, 'jo');
    expect(await after()).toEqual(['a 03-01 5/12, 03-02 1/1; 0 true 1 false 1 benign', 'b 03-02 2/2; 0 true 0 false 0 benign']);
    await judge(ids[0] ?? '', 'benign_positive', NOON + 10, 'jo');
    expect((await after())[0]).toBe('a 03-01 5/12, 03-02 1/1; 0 true 0 false 2 benign');
  });

  it('adds up what one would by hand, whatever was raised and said, also when it is added up anew', async () => {
    const raised = fc.record({
      id: fc.nat(5),
      day: fc.nat(3),
      rules: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 }),
      limit: fc.integer({ min: 1, max: 6 }),
    });
    const said = fc.record({ which: fc.nat(), verdict: fc.constantFrom(...FEEDBACK_VERDICTS), analyst: fc.constantFrom('jo', 'kim') });
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(raised, { maxLength: 8 }), fc.array(said, { maxLength: 8 }), async (batches, words) => {
        const tenant = `tenant-${turn++}` as TenantId;
        for (const { id, day, rules, limit } of batches) {
          const detections = rules.map((rule, at) => ofRule(rule, at));
          await raise(`b${id}-${day}`, NOON + day * DAY, detections, limit, tenant);
        }
        const all = await alerts.list(tenant, { sort: { by: 'created_at', descending: false }, limit: 500 });
        const spoken = new Map<string, Map<string, readonly [FeedbackVerdict, number]>>();
        for (const [at, { which, verdict, analyst }] of words.entries()) {
          const alert = all[which % Math.max(1, all.length)];
          if (alert === undefined) continue;
          await judge(alert.alert_id, verdict, NOON + 9 * DAY + at, analyst, tenant);
          const ofAlert = spoken.get(alert.alert_id) ?? new Map<string, readonly [FeedbackVerdict, number]>();
          // who says the same again has said nothing
          if (ofAlert.get(analyst)?.[0] !== verdict) ofAlert.set(analyst, [verdict, at]);
          spoken.set(alert.alert_id, ofAlert);
        }
        const last = (id: string): FeedbackVerdict | undefined =>
          [...(spoken.get(id)?.values() ?? [])].sort(([, one], [, other]) => one - other).at(-1)?.[0];
        const byHand = [...Map.groupBy(all, ({ rule }) => rule.id)].sort(byKey).map(([rule, own]) => {
          const days = [...Map.groupBy(own, ({ created_at }) => created_at.slice(0, 10))].sort(byKey).map(([date, ofDay]) => {
            const matches = ofDay.reduce((sum, { count }) => sum + count, 0);
            return `${date.slice(5)} ${ofDay.length}/${matches}`;
          });
          const judged = FEEDBACK_VERDICTS.map((verdict) => own.filter(({ alert_id }) => last(alert_id) === verdict).length);
          return `${rule} ${days.join(', ')}; ${judged[0]} true ${judged[1]} false ${judged[2]} benign`;
        });
        expect(await read(ALWAYS, undefined, tenant)).toEqual(byHand);
        expect(await read(ALWAYS, 'b', tenant)).toEqual(byHand.filter((line) => line.startsWith('b ')));
        const db = await stores.tenants.of<CaseTables>(tenant);
        await sql`UPDATE rule_day SET alerts = alerts + 1, matches = 0`.execute(db);
        const anew = new StoredRuleAlertReader(new SqliteAlertStore(casesIn(stores.tenants, false)));
        expect((await anew.read(tenant, ALWAYS)).map(inShort)).toEqual(byHand);
      }),
      { numRuns: 15 },
    );
  });
});

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function inShort({ rule_id, days, verdicts }: RuleAlerts): string {
  const byDay = days.map(({ date, alerts, matches }) => `${date.slice(5)} ${alerts}/${matches}`).join(', ');
  const { true_positive, false_positive, benign_positive } = verdicts;
  return `${rule_id} ${byDay}; ${true_positive} true ${false_positive} false ${benign_positive} benign`;
}
