import { Logger } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Problem } from '../../platform/problems/problem.js';
import { parseEventId } from '../ingest/domain/event-id.js';
import type { ShownEvent } from '../ingest/domain/event-pipeline.js';
import { PastEvents, type PastPage, type PastPosition } from '../ingest/domain/past-events.js';
import type { SearchCriteria } from '../ingest/domain/search.js';
import { showEvent } from '../ingest/domain/show-event.js';
import type { RetiredMonths } from '../retention/retired-months.js';
import type { EventLake } from './domain/event-lake.js';
import { endOfMonth } from './domain/past-position.js';
import { searchLake } from './domain/search-lake.js';

const SEARCH_TIME_MS = 5_000;
const RETRY_AFTER_S = 10;

/** Past events in the lake: those of the months that were removed here. */
export class LakePastEvents extends PastEvents {
  private readonly logger = new Logger(LakePastEvents.name);

  constructor(
    private readonly lake: EventLake,
    private readonly retired: RetiredMonths,
  ) {
    super();
  }

  async begin(tenant: TenantId): Promise<PastPosition | undefined> {
    const month = await this.retired.last(tenant);
    return month === undefined ? undefined : endOfMonth(month);
  }

  search(tenant: TenantId, criteria: SearchCriteria, before: PastPosition): Promise<PastPage> {
    const end = performance.now() + SEARCH_TIME_MS;
    return this.orAway(searchLake(this.lake, tenant, criteria, { before, isSpent: () => performance.now() > end }));
  }

  async find(tenant: TenantId, eventId: string): Promise<ShownEvent | undefined> {
    const id = parseEventId(eventId);
    const begin = id && (await this.begin(tenant));
    if (!begin || id.batchId >= begin.batch_id) return undefined;
    const record = await this.orAway(this.lake.find(tenant, { batch_id: id.batchId, index: id.index }));
    return record && showEvent(record);
  }

  /** Whatever the lake's trouble is, nothing is known of the past while it lasts. @throws Problem 503 */
  private async orAway<T>(answer: Promise<T>): Promise<T> {
    return answer.catch((error: unknown) => {
      this.logger.warn({ err: error, event: 'lake.unanswered' }, 'past events could not be read');
      throw new Problem('unavailable', 'Events of that time are kept in the lake, which does not answer at present.', {
        headers: { 'Retry-After': String(RETRY_AFTER_S) },
      });
    });
  }
}
