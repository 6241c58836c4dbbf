import type { EventSpan, PastRecord } from '../contracts/stored-events.js';
import { FivePages } from '../../test/support/five-pages.js';
import { toTenantId, type TenantId } from '../contracts/tenant.js';
import { Clock } from '../platform/clock/clock.js';
import { compileIndicators } from './domain/indicator-image.js';
import { MatchingTooCostly, type PastHit, type PastHits, PastMatcher, type SoughtIndicators } from './domain/retro/past-matcher.js';
import { RetroAlerts } from './domain/retro/retro-alerts.js';
import { isOpen, NOTHING_MATCHED, type RetroMatch, type RetroProgress } from './domain/retro/retro-match.js';
import { type RetroEnd, RetroStore } from './domain/retro/retro-store.js';
import { RetroMatchHandler } from './retro-match.handler.js';

const ACME = toTenantId('acme-corp');
const RULE = { id: 'i-1', title: 'bad', author: 'feed', level: 'high', license: '' } as const;

class FixedClock extends Clock {
  now(): number {
    return 0;
  }
}

/** One comparison, in memory. */
class OneMatch extends RetroStore {
  work = 0;
  constructor(public match: RetroMatch) {
    super();
  }
  create(): Promise<never> {
    return Promise.reject(new Error('not used'));
  }
  async list(): Promise<[]> {
    return [];
  }
  async remove(): Promise<'cancelled'> {
    this.match = { ...this.match, state: 'cancelled' };
    return 'cancelled';
  }
  async find(_: TenantId, id: string): Promise<RetroMatch | undefined> {
    return id === this.match.retro_id ? this.match : undefined;
  }
  async keep(_: TenantId, { turn }: RetroMatch, progress: RetroProgress): Promise<boolean> {
    if (!this.isAsRead(turn)) return false;
    this.match = { ...this.match, state: 'running', turn: turn + 1, progress };
    this.work += 1;
    return true;
  }
  async end(_: TenantId, { turn }: RetroMatch, end: RetroEnd): Promise<boolean> {
    if (!this.isAsRead(turn)) return false;
    this.match = { ...this.match, ...end, turn: turn + 1 };
    return true;
  }
  private isAsRead(turn: number): boolean {
    return isOpen(this.match) && this.match.turn === turn;
  }
}

/** Sees one indicator in every event. */
class SeesAll extends PastMatcher {
  costly: string | undefined;
  async match(_: SoughtIndicators, __: EventSpan, ___: string, records: readonly PastRecord[]): Promise<PastHits> {
    if (records.some(({ event_id }) => event_id === this.costly)) throw new MatchingTooCostly('took longer than 1 ms');
    const detection = { detector: 'intel', rule: RULE, severity: 'high', event_index: 0, event_time: '', reason: '' } as const;
    const hits = records.map(({ event_id }) => ({
      event_id,
      detection: { ...detection, entities: [], techniques: [], tactics: [] },
    }));
    return { scanned: records.length, hits };
  }
}

class KeptAlerts extends RetroAlerts {
  readonly raised: string[] = [];
  failure: Error | undefined;
  during: () => Promise<unknown> = async () => undefined;
  async raise(_: TenantId, __: RetroMatch, hits: readonly PastHit[]): Promise<void> {
    if (this.failure) throw this.failure;
    this.raised.push(...hits.map(({ event_id }) => event_id));
    await this.during();
  }
}

/** @param pageMs how long a page takes; a turn has 250 ms. */
function rig(pageMs: number) {
  const store = new OneMatch({
    retro_id: 'r-1',
    cause: 'arrival',
    scope: { after: 0, upTo: 1, source: null },
    span: { from: 0, to: 1 },
    state: 'running',
    created_at: '',
    created_by: 'retro-match',
    correlation_id: 'c',
    started_at: null,
    ended_at: null,
    reason: null,
    turn: 0,
    progress: NOTHING_MATCHED,
  });
  const [events, matcher, alerts] = [new FivePages(), new SeesAll(), new KeptAlerts()];
  const sought = { key: 'k', image: compileIndicators([]), count: 3 };
  const ended: string[] = [];
  const handler = new RetroMatchHandler({
    store,
    events,
    matcher,
    alerts,
    indicators: { of: async () => sought },
    clock: new FixedClock(),
    elapsed: () => events.asked.length * pageMs,
    pause: async () => undefined,
    ended: (_, __, end) => void ended.push(end.state),
  });
  const turn = (attempts = 0) => handler.handle(ACME, [{ kind: handler.kind, key: 'r-1', payload: {}, correlation_id: 'c', attempts }]);
  return { store, events, matcher, alerts, sought, turn, ended };
}

describe('RetroMatchHandler', () => {
  it('goes on from turn to turn where it ended, and raises what it finds as it goes', async () => {
    const { store, events, alerts, turn, ended } = rig(250);
    const seen: string[] = [];
    while (isOpen(store.match)) {
      await turn();
      const { state, progress } = store.match;
      seen.push(`${state} ${progress.scanned} of ${progress.about}, ${progress.matches}`);
    }
    expect(seen).toEqual(['running 1 of 5, 1', 'running 2 of 5, 2', 'running 3 of 5, 3', 'running 4 of 5, 4', 'done 5 of 5, 5']);
    expect(events.asked).toEqual([null, 4, 3, 2, 1]);
    expect(alerts.raised).toEqual(['e.5', 'e.4', 'e.3', 'e.2', 'e.1']);
    expect(store.match.progress).toMatchObject({ indicators: 3, raised: 5, by_indicator: { 'i-1': 5 } });
    expect([store.work, ended]).toEqual([4, ['done']]);
  });

  it('begins before it reads anything, as more may come along until then', async () => {
    const { store, events, alerts, turn } = rig(250);
    store.match = { ...store.match, state: 'queued' };
    await turn();
    expect([store.match.state, store.work, events.asked]).toEqual(['running', 1, []]);
    await turn();
    expect(alerts.raised).toEqual(['e.5']);
  });

  it('raises before it keeps, so that what is interrupted is raised again and counted once', async () => {
    const { store, alerts, turn } = rig(250);
    await turn();
    const keep = store.keep.bind(store);
    store.keep = () => Promise.reject(new Error('the process ends'));
    await expect(turn()).rejects.toThrow('the process ends');
    store.keep = keep;
    while (isOpen(store.match)) await turn();
    expect(alerts.raised).toEqual(['e.5', 'e.4', 'e.4', 'e.3', 'e.2', 'e.1']);
    expect(store.match.progress).toMatchObject({ matches: 5, scanned: 5 });
  });

  it('keeps no progress over alerts that could not be raised', async () => {
    const { store, alerts, turn } = rig(10);
    alerts.failure = new Error('no room');
    await expect(turn()).rejects.toThrow('no room');
    expect(store.match).toMatchObject({ state: 'running', turn: 0 });
  });

  it('stops where it is cancelled in the middle of a turn', async () => {
    const { store, events, alerts, turn, ended } = rig(250);
    await turn();
    alerts.during = () => store.remove();
    await turn();
    await turn();
    expect(store.match).toMatchObject({ state: 'cancelled', progress: { scanned: 1 } });
    expect([events.asked.length, ended]).toEqual([2, []]);
  });

  it('passes over what is made to be slow, says so, and goes on with the rest', async () => {
    const { store, matcher, alerts, turn } = rig(10);
    matcher.costly = 'e.3';
    await turn();
    expect(store.match).toMatchObject({ state: 'done', progress: { scanned: 4, passed_over: 1, matches: 4 } });
    expect(alerts.raised).toEqual(['e.5', 'e.4', 'e.2', 'e.1']);
  });

  it('reads no event where there is nothing to compare with any more', async () => {
    const { store, events, sought, turn } = rig(10);
    sought.count = 0;
    await turn();
    expect([store.match.state, store.match.progress.indicators, events.asked]).toEqual(['done', 0, []]);
  });

  it('is tried again where events cannot be read, and given up in the end', async () => {
    const { store, events, turn, ended } = rig(10);
    events.fails = true;
    for (let attempts = 0; attempts < 6; attempts += 1) await expect(turn(attempts)).rejects.toThrow('away');
    expect(store.match.state).toBe('running');
    await turn(6);
    expect(store.match).toMatchObject({ state: 'failed', reason: expect.stringMatching(/could not be compared/) });
    expect(ended).toEqual(['failed']);
  });

  it('does nothing for one that is gone', async () => {
    const { store, events, turn } = rig(250);
    store.match = { ...store.match, retro_id: 'another' };
    await turn();
    expect(events.asked).toEqual([]);
  });
});
