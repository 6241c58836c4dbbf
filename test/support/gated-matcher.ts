import type { RetroThread } from '../../src/agents/retro/retro-thread.js';
import type { EventSpan, PastRecord } from '../../src/contracts/stored-events.js';
import { type PastHits, PastMatcher, type SoughtIndicators } from '../../src/taa/domain/retro/past-matcher.js';
import { PageGate } from './page-gate.js';

/** Comparisons with stored events that can be held at some page of events. */
export class GatedMatcher extends PastMatcher {
  readonly gate = new PageGate();

  constructor(private readonly matcher: RetroThread) {
    super();
  }

  async match(sought: SoughtIndicators, span: EventSpan, now: string, records: readonly PastRecord[]): Promise<PastHits> {
    await this.gate.pass();
    return this.matcher.match(sought, span, now, records);
  }

  close(): Promise<void> {
    return this.matcher.close();
  }
}
