import type { TenantId } from '../contracts/tenant.js';
import { PageTurns, type TurnParts } from '../platform/past-events/page-turns.js';
import { WorkHandler, type WorkItem } from '../platform/work-queue/work-item.js';
import { advance } from './domain/backtest/advance.js';
import { isOpen, type Backtest, type BacktestProgress } from './domain/backtest/backtest.js';
import { BacktestStore, RULE_BACKTEST } from './domain/backtest/backtest-store.js';
import { RuleTrials, TrialTooCostly } from './domain/backtest/rule-trials.js';
import { RuleFilterStore } from './domain/rule-filter-store.js';

/** After so many failures in a row, a minute or so, a back-test is given up: it becomes no dead letter. */
const MOST_FAILURES = 7;

/** What back-tests are done with. */
export interface BacktestParts extends TurnParts {
  readonly store: BacktestStore;
  readonly trials: RuleTrials;
  readonly filters: Pick<RuleFilterStore, 'find'>;
}

/**
 * Does back-tests, a turn at a time. What was found is kept with where it goes on, so that what a stop interrupts is done again from there and counted once. Events are
 * read in the pipeline's threads, and rules are tried in a thread of their own.
 */
export class RuleBacktestHandler extends WorkHandler {
  readonly kind = RULE_BACKTEST;
  override readonly isBackground = true;

  private readonly turns: PageTurns;

  constructor(private readonly parts: BacktestParts) {
    super();
    this.turns = new PageTurns(parts);
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    for (const { key, attempts } of items) {
      const backtest = await this.parts.store.find(tenant, key);
      if (backtest !== undefined && isOpen(backtest)) await this.turn(tenant, backtest, attempts);
    }
  }

  private async turn(tenant: TenantId, backtest: Backtest, failures: number): Promise<void> {
    const { store } = this.parts;
    try {
      const progress = await this.goOn(tenant, backtest);
      if (progress.before === null) await store.end(tenant, backtest, { state: 'done', reason: null, progress });
      else await store.keep(tenant, backtest, progress);
    } catch (error) {
      const isCostly = error instanceof TrialTooCostly;
      if (!isCostly && failures + 1 < MOST_FAILURES) throw error;
      const reason = isCostly ? error.message : 'the events could not be looked at, several times in a row';
      await store.end(tenant, backtest, { state: 'failed', reason, progress: backtest.progress });
    }
  }

  /** Looks at events for a turn, or to their end. */
  private async goOn(tenant: TenantId, { document, span, progress }: Backtest): Promise<BacktestProgress> {
    const { trials } = this.parts;
    const trial = { tenant, document, span, filters: await this.parts.filters.find(tenant) };
    return this.turns.take(tenant, span, progress, async ({ records, ...page }, reached) => {
      const found = records.length === 0 ? { scanned: 0, rules: [] } : await trials.look(trial, records);
      return advance(reached, page, found, span);
    });
  }
}
