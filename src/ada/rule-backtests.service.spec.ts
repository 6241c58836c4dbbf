import { toTenantId, type TenantId } from '../contracts/tenant.js';
import { Clock } from '../platform/clock/clock.js';
import type { Backtest } from './domain/backtest/backtest.js';
import { type BacktestBounds, type BacktestDeed, BacktestStore, type NewBacktest } from './domain/backtest/backtest-store.js';
import { type CheckedRules, RuleTrials, TrialTooCostly } from './domain/backtest/rule-trials.js';
import { RuleBacktestsService } from './rule-backtests.service.js';

const ACME = toTenantId('acme-corp');
const DEED: BacktestDeed = { actor: { type: 'person', id: 'ann' }, correlation_id: 'req-1' };
const NOW = Date.parse('2026-03-10T12:00:00.000Z');
const DAY = 86_400_000;
const RULE = { id: 'r', title: 'R', level: 'high' } as const;

class FixedClock extends Clock {
  now(): number {
    return NOW;
  }
}

/** Says of every document what the test says. */
class ToldRules extends RuleTrials {
  answer: () => CheckedRules = () => ({ rules: [RULE], faults: [] });
  async check(): Promise<CheckedRules> {
    return this.answer();
  }
  look(): Promise<never> {
    return Promise.reject(new Error('not used'));
  }
}

/** Keeps what is created. */
class CreatedBacktests extends BacktestStore {
  readonly created: { readonly backtest: NewBacktest; readonly bounds: BacktestBounds }[] = [];
  async create(_: TenantId, backtest: NewBacktest, bounds: BacktestBounds, { actor }: BacktestDeed): Promise<Backtest> {
    this.created.push({ backtest, bounds });
    const times = { created_at: '', started_at: null, ended_at: null };
    return { ...backtest, ...times, created_by: actor.id, state: 'queued', reason: null, turn: 0 };
  }
  async find(): Promise<undefined> {
    return undefined;
  }
  async list(): Promise<[]> {
    return [];
  }
  async keep(): Promise<boolean> {
    return false;
  }
  async end(): Promise<boolean> {
    return false;
  }
  async remove(): Promise<undefined> {
    return undefined;
  }
}

describe('RuleBacktestsService', () => {
  let store: CreatedBacktests;
  let trials: ToldRules;
  let woken: TenantId[];
  let service: RuleBacktestsService;

  beforeEach(() => {
    [store, trials, woken] = [new CreatedBacktests(), new ToldRules(), []];
    service = new RuleBacktestsService(store, trials, { wake: (tenant) => void woken.push(tenant) }, new FixedClock());
  });

  const start = (more: object = {}) => service.start(ACME, { document: 'x', ...more }, DEED);
  const refused = async (more: object = {}): Promise<unknown> => {
    const error: unknown = await start(more).catch((thrown: unknown) => thrown);
    expect([store.created, woken]).toEqual([[], []]);
    return (error as { readonly extra: { readonly errors: readonly unknown[] } }).extra.errors;
  };

  it('looks at the last seven days where it is not said, wakes the work, and begins with what the rules are called', async () => {
    await start();
    await start({ from: '2026-03-01', to: '2026-03-02T00:00:00+01:00' });
    await start({ to: '2026-03-08T12:00:00Z' });
    expect(store.created.map(({ backtest }) => backtest.span)).toEqual([
      { from: NOW - 7 * DAY, to: NOW },
      { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 1, 23) },
      { from: NOW - 9 * DAY, to: NOW - 2 * DAY },
    ]);
    expect(woken).toEqual([ACME, ACME, ACME]);
    expect(store.created[0]?.backtest.progress).toMatchObject({ before: null, scanned: 0, about: null, rules: [{ ...RULE, matches: 0 }] });
    expect(store.created[0]?.bounds).toEqual({ open: 3, kept: 100 });
  });

  it.each([
    [{ from: '2026-03-02', to: '2026-03-01' }, 'bad_range'],
    [{ from: '2025-01-01', to: '2026-01-03' }, 'bad_range'],
    [{ from: '2026-03-11' }, 'bad_range'],
  ])('refuses the span %j', async (span, code) => {
    expect(await refused(span)).toMatchObject([{ pointer: '/to', code }]);
  });

  it('names each fault of the rules by its line, of a bounded number of them', async () => {
    const fault = { path: 'rule-backtests', line: 7, id: null, title: 'R', reason: 'bad' };
    trials.answer = () => ({ rules: [RULE], faults: [fault, { ...fault, line: null, title: null }] });
    expect(await refused()).toEqual([
      { pointer: '/document', code: 'bad_rule', detail: 'line 7: bad (in "R")' },
      { pointer: '/document', code: 'bad_rule', detail: 'bad' },
    ]);
    trials.answer = () => ({ rules: [], faults: Array.from({ length: 1_000 }, () => fault) });
    expect(await refused()).toHaveLength(100);
  });

  it('refuses no rule, more than ten, and what costs too much to read', async () => {
    trials.answer = () => ({ rules: [], faults: [] });
    expect(await refused()).toMatchObject([{ code: 'no_rule' }]);
    trials.answer = () => ({ rules: Array.from({ length: 11 }, () => RULE), faults: [] });
    expect(await refused()).toMatchObject([{ code: 'too_many_rules' }]);
    trials.answer = () => {
      throw new TrialTooCostly('the rules took longer than 3000 ms');
    };
    expect(await refused()).toEqual([{ pointer: '/document', code: 'too_costly', detail: 'the rules took longer than 3000 ms' }]);
  });

  it('reads one document at a time of each tenant', async () => {
    const { promise, resolve } = Promise.withResolvers<CheckedRules>();
    trials.check = () => promise;
    const [first, other] = [start(), service.start(toTenantId('globex'), { document: 'x' }, DEED)];
    await expect(start()).rejects.toMatchObject({ type: 'rate-limited', status: 429 });
    resolve({ rules: [RULE], faults: [] });
    await Promise.all([first, other]);
    await start();
    expect(store.created).toHaveLength(3);
  });

  it('answers 404 for one that is not there', async () => {
    await expect(service.get(ACME, 'nothing')).rejects.toMatchObject({ type: 'not-found' });
    await expect(service.remove(ACME, 'nothing', DEED)).rejects.toMatchObject({ type: 'not-found' });
  });
});
