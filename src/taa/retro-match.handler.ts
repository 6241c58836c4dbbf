import type { StoredPage } from '../contracts/stored-events.js';
import type { TenantId } from '../contracts/tenant.js';
import type { Clock } from '../platform/clock/clock.js';
import { PageTurns, type TurnParts } from '../platform/past-events/page-turns.js';
import { WorkHandler, type WorkItem } from '../platform/work-queue/work-item.js';
import { MatchingTooCostly, type PastHits, PastMatcher, type SoughtIndicators } from './domain/retro/past-matcher.js';
import { RetroAlerts } from './domain/retro/retro-alerts.js';
import { isOpen, type RetroMatch, type RetroProgress } from './domain/retro/retro-match.js';
import { RETRO_MATCH, type RetroEnd, RetroStore } from './domain/retro/retro-store.js';
import { takeHits } from './domain/retro/take-hits.js';
import type { RetroIndicators } from './retro-indicators.js';

/** After so many failures in a row, a minute or so, it is given up: it becomes no dead letter. */
const MOST_FAILURES = 7;

/** What stored events are compared with. */
export interface RetroParts extends TurnParts {
  readonly store: RetroStore;
  readonly indicators: Pick<RetroIndicators, 'of'>;
  readonly matcher: PastMatcher;
  readonly alerts: RetroAlerts;
  readonly clock: Clock;
  /** Hears of those that have ended. */
  readonly ended: (tenant: TenantId, match: RetroMatch, end: RetroEnd) => void;
}

/**
 * Compares stored events with indicators that came after them, a turn at a time. Alerts are raised before progress is kept: what a stop interrupts is done again
 * from where progress was kept last, and raises nothing twice.
 */
export class RetroMatchHandler extends WorkHandler {
  readonly kind = RETRO_MATCH;
  override readonly isBackground = true;
  private readonly turns: PageTurns;

  constructor(private readonly parts: RetroParts) {
    super();
    this.turns = new PageTurns(parts);
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    for (const { key, attempts } of items) {
      const match = await this.parts.store.find(tenant, key);
      if (match === undefined || !isOpen(match)) continue;
      // Once it runs nothing more is taken along: indicators that come again and again would keep it from ever being done.
      if (match.state === 'queued') await this.parts.store.keep(tenant, match, match.progress);
      else await this.turn(tenant, match, attempts);
    }
  }

  private async turn(tenant: TenantId, match: RetroMatch, failures: number): Promise<void> {
    try {
      const progress = await this.goOn(tenant, match);
      if (progress.before === null) await this.end(tenant, match, { state: 'done', reason: null, progress });
      else await this.parts.store.keep(tenant, match, progress);
    } catch (error) {
      if (failures + 1 < MOST_FAILURES) throw error;
      const reason = 'the events could not be compared, several times in a row';
      await this.end(tenant, match, { state: 'failed', reason, progress: match.progress });
    }
  }

  private async end(tenant: TenantId, match: RetroMatch, end: RetroEnd): Promise<void> {
    if (await this.parts.store.end(tenant, match, end)) this.parts.ended(tenant, match, end);
  }

  /** Compares events for a turn, or to their end. */
  private async goOn(tenant: TenantId, match: RetroMatch): Promise<RetroProgress> {
    const { count, ...sought } = await this.parts.indicators.of(tenant, match);
    const before: RetroProgress = { ...match.progress, indicators: count };
    if (count === 0) return { ...before, before: null };
    return this.turns.take(tenant, match.span, before, async (page, reached) => {
      const { found, passedOver } = await this.compare(match, sought, page);
      const { raise, progress } = takeHits(reached, page, found);
      if (raise.length > 0) await this.parts.alerts.raise(tenant, match, raise);
      return { ...progress, passed_over: progress.passed_over + passedOver };
    });
  }

  /** An event that cannot be compared in reasonable time holds up none of the others: it is passed over with its page. */
  private async compare(
    { span }: RetroMatch,
    sought: SoughtIndicators,
    { records }: StoredPage,
  ): Promise<{ readonly found: PastHits; readonly passedOver: number }> {
    const nothing = { scanned: 0, hits: [] };
    if (records.length === 0) return { found: nothing, passedOver: 0 };
    try {
      return { found: await this.parts.matcher.match(sought, span, this.parts.clock.isoNow(), records), passedOver: 0 };
    } catch (error) {
      if (!(error instanceof MatchingTooCostly)) throw error;
      return { found: nothing, passedOver: records.length };
    }
  }
}
