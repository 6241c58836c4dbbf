import { Logger } from '@nestjs/common';
import type { RuleCatalog, RuleSummary } from '../contracts/rule-catalog.js';
import { toTenantId, type TenantId } from '../contracts/tenant.js';
import type { AuditLog } from '../platform/audit/audit-log.js';
import type { AuditEntry } from '../platform/audit/audit-record.js';
import { Clock } from '../platform/clock/clock.js';
import { Canaries } from './canaries.js';
import type { CanaryBatch, CanaryOutcome } from './domain/liveness/canary-batch.js';
import type { RuleSamples } from './domain/liveness/rule-sample.js';
import { RuleLiveness } from './rule-liveness.service.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const START = Date.UTC(2026, 10, 23);

/** Matches every sample, but for those of rules that were broken. */
class FakeCanaries extends Canaries {
  readonly broken = new Map<string, CanaryOutcome>();
  sent = 0;
  gate: Promise<void> | undefined;
  isAway = false;
  tenants(): readonly TenantId[] {
    return [ACME, GLOBEX];
  }
  async send(tenant: TenantId, { rules }: CanaryBatch): Promise<readonly CanaryOutcome[]> {
    this.sent += 1;
    await this.gate;
    if (this.isAway) throw new Error('away');
    return rules.map((rule) => this.broken.get(`${tenant} ${rule}`) ?? 'matched');
  }
}

class FakeClock extends Clock {
  time = START;
  now(): number {
    return this.time;
  }
}

const samples = (id: string): RuleSamples => ({
  id,
  title: `Title ${id}`,
  kind: 'detection',
  isDerived: id === 'b',
  samples: [{ test: 'it', event: 0, matches: true, format: 'generic', texts: ['{}'] }],
});
const summary = (id: string, type: RuleSummary['type'] = 'detection') => ({ id, title: `Title ${id}`, level: 'high', type }) as RuleSummary;

function made() {
  const canaries = new FakeCanaries();
  const clock = new FakeClock();
  const records: [string, AuditEntry][] = [];
  const audit = {
    append: async (log: string, entries: readonly AuditEntry[]) =>
      void records.push(...entries.map((one) => [log, one] as [string, AuditEntry])),
  };
  const catalog = { list: async () => [summary('a'), summary('b'), summary('filter', 'filter'), summary('stat', 'statistic')] };
  const liveness = new RuleLiveness(canaries, catalog as unknown as RuleCatalog, audit as unknown as AuditLog, clock);
  liveness.take([samples('a'), samples('b'), samples('lost')]);
  const states = async (tenant: TenantId) => Object.fromEntries((await liveness.list(tenant)).map(({ rule_id: id, state }) => [id, state]));
  return { canaries, clock, records, liveness, states };
}

describe('RuleLiveness', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('lists the rules in force and those that are missed, ordered by id; filters are no rules that could be alive', async () => {
    const { liveness, canaries } = made();
    canaries.broken.set(`${ACME} lost`, 'unmatched');
    const at = new Date(START).toISOString();
    const live = { level: 'high', state: 'live', checked_at: at, last_live_at: at, not_live_since: null, derived: false, faults: [] };
    expect(await liveness.list(ACME)).toEqual([
      { rule_id: 'a', title: 'Title a', ...live },
      { rule_id: 'b', title: 'Title b', ...live, derived: true },
      {
        rule_id: 'lost',
        title: 'Title lost',
        level: null,
        state: 'silent',
        checked_at: at,
        last_live_at: null,
        not_live_since: at,
        derived: false,
        faults: [{ test: 'it', event: 0, reason: 'not_matched' }],
      },
      { rule_id: 'stat', title: 'Title stat', ...live, state: 'no_sample', checked_at: null, last_live_at: null },
    ]);
  });

  it('records once that a rule has stopped being live, in the log of the tenant alone for which it has', async () => {
    const { liveness, canaries, clock, records, states } = made();
    await liveness.check(ACME);
    await liveness.check(GLOBEX);
    canaries.broken.set(`${ACME} a`, 'unmatched').set(`${ACME} b`, 'left_out');
    for (let times = 0; times < 3; times += 1) {
      clock.time += 900_000;
      await liveness.check(ACME);
      await liveness.check(GLOBEX);
    }
    const rules = [
      { rule_id: 'a', state: 'silent' },
      { rule_id: 'b', state: 'filtered' },
    ];
    expect(records).toMatchObject([
      ['acme-corp', { action: 'rules.not_live', actor: { type: 'system' }, outcome: 'failure', details: { rules, count: 2 } }],
    ]);
    expect([await states(ACME), await states(GLOBEX)]).toMatchObject([
      { a: 'silent', b: 'filtered', lost: 'live' },
      { a: 'live', b: 'live' },
    ]);
    expect(liveness.dead).toEqual({ silent: 1, noisy: 0, filtered: 1 });
    const [a] = await liveness.list(ACME);
    expect(a).toMatchObject({ last_live_at: new Date(START).toISOString(), not_live_since: new Date(START + 900_000).toISOString() });
    canaries.broken.clear();
    await liveness.check(ACME);
    expect(liveness.dead).toEqual({ silent: 0, noisy: 0, filtered: 0 });
    expect(records).toHaveLength(1);
  });

  it('names a hundred rules at most, and says how many there are', async () => {
    const { liveness, canaries, records } = made();
    const many = Array.from({ length: 150 }, (_, n) => `rule-${n}`);
    liveness.take(many.map(samples));
    for (const id of many) canaries.broken.set(`${ACME} ${id}`, 'unmatched');
    await liveness.check(ACME);
    expect(records[0]?.[1].details).toMatchObject({ rules: { length: 100 }, count: 150 });
  });

  it('checks a tenant once for all who ask at the same time', async () => {
    const { liveness, canaries } = made();
    let open = (): void => undefined;
    canaries.gate = new Promise((resolve) => (open = resolve));
    const asked = [liveness.checkNow(ACME), liveness.checkNow(ACME), liveness.list(ACME)];
    open();
    const [first, second] = await Promise.all(asked);
    expect(canaries.sent).toBe(1);
    expect(second).toEqual(first);
    expect(first).toEqual({ checked_at: new Date(START).toISOString(), live: 3, silent: 0, noisy: 0, filtered: 0, no_sample: 1 });
  });

  it('keeps what is known where no canary comes through, and finds it out anew of a tenant that was forgotten', async () => {
    const { liveness, canaries, states } = made();
    canaries.broken.set(`${ACME} a`, 'unmatched');
    await liveness.check(ACME);
    canaries.isAway = true;
    await expect(liveness.check(ACME)).rejects.toThrow('away');
    expect(await states(ACME)).toMatchObject({ a: 'silent', b: 'live' });
    liveness.forget(ACME);
    expect(liveness.dead.silent).toBe(0);
    await expect(liveness.list(ACME)).rejects.toThrow('away');
  });

  it('finds out anew how other rules are, those of a check that is under way too', async () => {
    const { canaries, liveness, records, states } = made();
    canaries.broken.set(`${ACME} lost`, 'unmatched');
    let open = (): void => undefined;
    canaries.gate = new Promise((resolve) => (open = resolve));
    const begun = states(ACME);
    await Promise.resolve();
    liveness.take([samples('a')]);
    open();
    expect(await begun).toMatchObject({ a: 'live', b: 'no_sample' });
    expect(await states(ACME)).not.toHaveProperty('lost');
    expect(records).toEqual([]);
    expect(canaries.sent).toBe(2);
    liveness.take([samples('a'), samples('lost')]);
    expect(await states(ACME)).toMatchObject({ lost: 'silent' });
    expect(records).toHaveLength(1);
  });
});
