import type { EventSpan, PastRecord } from '../../contracts/stored-events.js';
import { MatchingTooCostly, type PastHits, PastMatcher, type SoughtIndicators } from '../../taa/domain/retro/past-matcher.js';
import { type AsideLimits, AsideThread, ThreadLost } from '../aside/aside-thread.js';
import type { RetroAnswer, RetroRequest } from './retro-protocol.js';

/** An event takes some µs, a page has some hundred events. Indicators are in memory that threads share, all but patterns. */
export const RETRO_LIMITS: AsideLimits = { requestMs: 5_000, heapMiB: 512, idleMs: 60_000 };

/** Compares stored events with indicators in a thread of its own, which may be lost over them. */
export class RetroThread extends PastMatcher {
  private readonly thread: AsideThread<RetroRequest, RetroAnswer>;

  constructor(limits: AsideLimits = RETRO_LIMITS) {
    super();
    this.thread = new AsideThread({ name: 'retro', path: 'agents/retro/retro.worker.js' }, limits);
  }

  async match(sought: SoughtIndicators, span: EventSpan, now: string, records: readonly PastRecord[]): Promise<PastHits> {
    const request = { op: 'match', key: sought.key, span, now, records } as const;
    const hits = await this.ask(request);
    if (hits !== null) return hits;
    await this.ask({ op: 'take', sought });
    const again = await this.ask(request);
    if (again === null) throw new Error('the thread has not kept what it took');
    return again;
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private async ask(request: RetroRequest): Promise<RetroAnswer> {
    try {
      return await this.thread.ask(request);
    } catch (error) {
      throw error instanceof ThreadLost ? new MatchingTooCostly(error.message) : error;
    }
  }
}
