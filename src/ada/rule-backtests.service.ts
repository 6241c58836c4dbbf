import { v7 as uuidv7 } from 'uuid';
import type { UnsupportedRule } from '../contracts/rule-catalog.js';
import type { TenantId } from '../contracts/tenant.js';
import type { Clock } from '../platform/clock/clock.js';
import { invalid, notFound, Problem, type ProblemDetail } from '../platform/problems/problem.js';
import type { WorkRunner } from '../platform/work-queue/work-runner.js';
import { beginning } from './domain/backtest/advance.js';
import type { Backtest } from './domain/backtest/backtest.js';
import { BacktestStore, type BacktestDeed, type ListedBacktest } from './domain/backtest/backtest-store.js';
import type { EventSpan } from '../contracts/stored-events.js';
import { type CheckedRules, RuleTrials, TrialTooCostly } from './domain/backtest/rule-trials.js';

const DAY_MS = 86_400_000;
/** How far back is looked where it is not said. */
const USUAL_MS = 7 * DAY_MS;
/** Longest span: a year and a day, so that matches of each day can be told. */
const LONGEST_MS = 366 * DAY_MS;
/** Rules that are tried together: each is asked by itself about every event, and has counts of its own. */
const MOST_RULES = 10;
const MOST_FAULTS = 100;
/** A few at a time, as they share one thread; and enough of those before to compare with, of some ten thousand bytes each. */
const BOUNDS = { open: 3, kept: 100 };

/** What is asked for: rules in YAML, and times in RFC 3339. */
export interface BacktestOrder {
  readonly document: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Starting, showing, cancelling and removing back-tests. */
export class RuleBacktestsService {
  /** Tenants whose rules are being read: one document at a time of each. */
  private readonly starting = new Set<TenantId>();

  constructor(
    private readonly store: BacktestStore,
    private readonly trials: RuleTrials,
    private readonly runner: Pick<WorkRunner, 'wake'>,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Problem 422 that names each fault of the rules by its line; 409 where as many wait or run as may; 429 where another of the tenant is being started.
   */
  async start(tenant: TenantId, order: BacktestOrder, deed: BacktestDeed): Promise<Backtest> {
    if (this.starting.has(tenant)) {
      throw new Problem('rate-limited', 'Another back-test is being started; wait for its answer.', { headers: { 'Retry-After': '1' } });
    }
    this.starting.add(tenant);
    try {
      return await this.startOne(tenant, order, deed);
    } finally {
      this.starting.delete(tenant);
    }
  }

  list(tenant: TenantId, before: string | undefined, limit: number): Promise<readonly ListedBacktest[]> {
    return this.store.list(tenant, before, limit);
  }

  /** @throws Problem 404 */
  async get(tenant: TenantId, id: string): Promise<Backtest> {
    const found = await this.store.find(tenant, id);
    if (found === undefined) throw notFound();
    return found;
  }

  /** Cancels one that waits or runs: what was found so far stays. Removes one that has ended. @throws Problem 404 */
  async remove(tenant: TenantId, id: string, deed: BacktestDeed): Promise<void> {
    if ((await this.store.remove(tenant, id, deed)) === undefined) throw notFound();
  }

  private async startOne(tenant: TenantId, { document, from, to }: BacktestOrder, deed: BacktestDeed): Promise<Backtest> {
    const now = this.clock.now();
    const span = spanOf(from, to, now);
    const { rules, faults } = await this.check(tenant, document);
    if (faults.length > 0) throw invalid(faults.slice(0, MOST_FAULTS).map(faultOf));
    if (rules.length === 0) throw invalid([{ pointer: '/document', code: 'no_rule', detail: 'It holds no detection rule.' }]);
    if (rules.length > MOST_RULES) {
      throw invalid([{ pointer: '/document', code: 'too_many_rules', detail: `At most ${MOST_RULES} rules are tried together.` }]);
    }
    const backtest = { backtest_id: uuidv7({ msecs: now }), document, span, progress: beginning(rules) };
    const started = await this.store.create(tenant, backtest, BOUNDS, deed);
    this.runner.wake(tenant);
    return started;
  }

  private check(tenant: TenantId, document: string): Promise<CheckedRules> {
    return this.trials.check(tenant, document).catch((error: unknown) => {
      if (!(error instanceof TrialTooCostly)) throw error;
      throw invalid([{ pointer: '/document', code: 'too_costly', detail: error.message }]);
    });
  }
}

function spanOf(from: string | undefined, to: string | undefined, now: number): EventSpan {
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - USUAL_MS : Date.parse(from);
  if (begin <= end && end - begin <= LONGEST_MS) return { from: begin, to: end };
  throw invalid([{ pointer: '/to', code: 'bad_range', detail: 'must be at most 366 days after from, and not before it' }]);
}

function faultOf({ line, title, reason }: UnsupportedRule): ProblemDetail {
  const where = line === null || line === undefined ? '' : `line ${line}: `;
  const which = title === null ? '' : ` (in "${title}")`;
  return { pointer: '/document', code: 'bad_rule', detail: `${where}${reason}${which}` };
}
