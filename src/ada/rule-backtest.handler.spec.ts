import { FivePages } from '../../test/support/five-pages.js';
import { toTenantId, type TenantId } from '../contracts/tenant.js';
import { beginning } from './domain/backtest/advance.js';
import { type Backtest, type BacktestProgress, isOpen } from './domain/backtest/backtest.js';
import { BacktestStore, type BacktestEnd } from './domain/backtest/backtest-store.js';
import type { PastRecord } from '../contracts/stored-events.js';
import type { TrialFindings } from './domain/backtest/rule-trial.js';
import { type CheckedRules, RuleTrials, type Trial, TrialTooCostly } from './domain/backtest/rule-trials.js';
import { NO_FILTERS } from './domain/rule-filter-store.js';
import { RuleBacktestHandler } from './rule-backtest.handler.js';

const ACME = toTenantId('acme-corp');

/** One back-test, in memory. */
class OneBacktest extends BacktestStore {
  work = 0;
  constructor(public backtest: Backtest) {
    super();
  }
  create(): Promise<never> {
    return Promise.reject(new Error('not used'));
  }
  async list(): Promise<[]> {
    return [];
  }
  async remove(): Promise<'cancelled'> {
    this.backtest = { ...this.backtest, state: 'cancelled' };
    return 'cancelled';
  }
  async find(_: TenantId, id: string): Promise<Backtest | undefined> {
    return id === this.backtest.backtest_id ? this.backtest : undefined;
  }
  async keep(_: TenantId, { turn }: Backtest, progress: BacktestProgress): Promise<boolean> {
    if (!this.isAsRead(turn)) return false;
    this.backtest = { ...this.backtest, state: 'running', turn: turn + 1, progress };
    this.work += 1;
    return true;
  }
  async end(_: TenantId, { turn }: Backtest, end: BacktestEnd): Promise<boolean> {
    if (!this.isAsRead(turn)) return false;
    this.backtest = { ...this.backtest, ...end, turn: turn + 1 };
    return true;
  }
  private isAsRead(turn: number): boolean {
    return isOpen(this.backtest) && this.backtest.turn === turn;
  }
}

/** Matches every event. */
class MatchesAll extends RuleTrials {
  failure: Error | undefined;
  during: () => Promise<unknown> = async () => undefined;
  async check(): Promise<CheckedRules> {
    return { rules: [], faults: [] };
  }
  async look(_: Trial, records: readonly PastRecord[]): Promise<TrialFindings> {
    await this.during();
    if (this.failure) throw this.failure;
    const matches = records.map(({ event_id }) => ({ event_id, time: 0 }));
    return { scanned: records.length, rules: [{ events: records.length, matches, filtered: 0, micros: 1 }] };
  }
}

/** @param pageMs how long a page takes; a turn has 250 ms. */
function rig(pageMs: number) {
  const store = new OneBacktest({
    backtest_id: 'b-1',
    document: 'title: x',
    span: { from: 0, to: 1 },
    state: 'queued',
    created_at: '',
    created_by: 'ann',
    started_at: null,
    ended_at: null,
    reason: null,
    turn: 0,
    progress: beginning([{ id: 'r', title: 'R', level: 'low' }]),
  });
  const [events, trials] = [new FivePages(), new MatchesAll()];
  const rests: number[] = [];
  const pause = async (ms: number): Promise<void> => void rests.push(ms);
  const elapsed = (): number => events.asked.length * pageMs;
  const handler = new RuleBacktestHandler({ store, events, trials, filters: { find: async () => NO_FILTERS }, elapsed, pause });
  const turn = (attempts = 0) => handler.handle(ACME, [{ kind: handler.kind, key: 'b-1', payload: {}, correlation_id: 'c', attempts }]);
  return { store, events, trials, turn, rests };
}

describe('RuleBacktestHandler', () => {
  it('goes on from turn to turn where it ended, and counts each event once', async () => {
    const { store, events, turn } = rig(250);
    const states: string[] = [];
    while (isOpen(store.backtest)) {
      await turn();
      states.push(`${store.backtest.state} ${store.backtest.progress.scanned} of ${store.backtest.progress.about}`);
    }
    expect(states).toEqual(['running 1 of 5', 'running 2 of 5', 'running 3 of 5', 'running 4 of 5', 'done 5 of 5']);
    expect(events.asked).toEqual([null, 4, 3, 2, 1]);
    expect(store.backtest.progress.rules[0]).toMatchObject({ matches: 5, samples: ['e.5', 'e.4', 'e.3', 'e.2', 'e.1'] });
    expect(store.work).toBe(4);
  });

  it('counts nothing twice of a turn that was interrupted before it was kept', async () => {
    const { store, trials, turn } = rig(250);
    await turn();
    trials.failure = new Error('the process ends');
    await expect(turn()).rejects.toThrow('the process ends');
    trials.failure = undefined;
    while (isOpen(store.backtest)) await turn();
    expect(store.backtest.progress.rules[0]).toMatchObject({ matches: 5, events: 5 });
  });

  it('stops where it is cancelled in the middle of a turn, and keeps what was found before', async () => {
    const { store, events, trials, turn } = rig(250);
    await turn();
    trials.during = () => store.remove();
    await turn();
    await turn();
    expect(store.backtest).toMatchObject({ state: 'cancelled', progress: { scanned: 1 } });
    expect(events.asked).toHaveLength(2);
  });

  it('fails at once where the rules cost too much, and says so', async () => {
    const { store, trials, turn } = rig(10);
    trials.failure = new TrialTooCostly('the rules took longer than 3000 ms over 1000 events');
    await turn();
    expect(store.backtest).toMatchObject({ state: 'failed', reason: 'the rules took longer than 3000 ms over 1000 events' });
  });

  it('is tried again where events cannot be read, and given up in the end', async () => {
    const { store, events, turn } = rig(10);
    events.fails = true;
    for (let attempts = 0; attempts < 6; attempts += 1) await expect(turn(attempts)).rejects.toThrow('away');
    expect(store.backtest.state).toBe('queued');
    await turn(6);
    expect(store.backtest).toMatchObject({ state: 'failed', reason: expect.stringMatching(/could not be looked at/) });
  });

  it('rests after each page but the last, twice as long as the page took, and never for long', async () => {
    const { turn, rests } = rig(10);
    await turn();
    expect(rests).toEqual([20, 20, 20, 20]);
    const slow = rig(5_000);
    await slow.turn();
    expect(slow.rests).toEqual([2_000]);
  });

  it('does nothing for one that is gone', async () => {
    const { store, events, turn } = rig(250);
    store.backtest = { ...store.backtest, backtest_id: 'another' };
    await turn();
    expect(events.asked).toEqual([]);
  });
});
