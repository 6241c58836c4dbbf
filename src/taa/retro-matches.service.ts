import { v7 as uuidv7 } from 'uuid';
import type { EventSpan } from '../contracts/stored-events.js';
import type { TenantId } from '../contracts/tenant.js';
import type { Clock } from '../platform/clock/clock.js';
import { invalid, notFound } from '../platform/problems/problem.js';
import type { WorkRunner } from '../platform/work-queue/work-runner.js';
import type { IndicatorChange } from './domain/indicator-store.js';
import type { RetroMatch } from './domain/retro/retro-match.js';
import { RetroStore } from './domain/retro/retro-store.js';

const DAY_MS = 86_400_000;
/** How far back is looked where it is not said, and how far at most. */
const USUAL_MS = 30 * DAY_MS;
const LONGEST_MS = 366 * DAY_MS;

/** What is asked for; times in RFC 3339. */
export interface RetroRequest {
  readonly source?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Starting, showing, cancelling and removing comparisons of stored events with indicators. */
export class RetroMatchesService {
  constructor(
    private readonly store: RetroStore,
    private readonly runner: Pick<WorkRunner, 'wake'>,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem 422 for a span that is none; 409 where as many wait or run as may. */
  async start(tenant: TenantId, { source, from, to }: RetroRequest, deed: IndicatorChange): Promise<RetroMatch> {
    const now = this.clock.now();
    const order = { retro_id: uuidv7({ msecs: now }), span: spanOf(from, to, now), source: source ?? null };
    const started = await this.store.create(tenant, order, deed);
    this.runner.wake(tenant);
    return started;
  }

  list(tenant: TenantId, before: string | undefined, limit: number): Promise<readonly RetroMatch[]> {
    return this.store.list(tenant, before, limit);
  }

  /** @throws Problem 404 */
  async get(tenant: TenantId, id: string): Promise<RetroMatch> {
    const found = await this.store.find(tenant, id);
    if (found === undefined) throw notFound();
    return found;
  }

  /** Cancels one that waits or runs: its alerts stay. Removes one that has ended. @throws Problem 404 */
  async remove(tenant: TenantId, id: string, deed: IndicatorChange): Promise<void> {
    const became = await this.store.remove(tenant, id, deed);
    if (became === undefined) throw notFound();
    if (became === 'cancelled') this.runner.wake(tenant);
  }
}

function spanOf(from: string | undefined, to: string | undefined, now: number): EventSpan {
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - USUAL_MS : Date.parse(from);
  if (begin <= end && end - begin <= LONGEST_MS) return { from: begin, to: end };
  throw invalid([{ pointer: '/to', code: 'bad_range', detail: 'must be at most 366 days after from, and not before it' }]);
}
