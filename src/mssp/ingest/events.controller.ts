import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '../../contracts/tenant.js';
import { Allow } from '../../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../platform/auth/caller.decorator.js';
import { Clock } from '../../platform/clock/clock.js';
import { decodeCursor, encodeCursor } from '../../platform/http/page.js';
import { invalid, notFound, Problem } from '../../platform/problems/problem.js';
import { RetiredMonths } from '../retention/retired-months.js';
import { account } from './domain/accounting.js';
import { parseEventId } from './domain/event-id.js';
import { EventPipeline, PipelineUnavailable } from './domain/event-pipeline.js';
import { OpenSearches } from './domain/open-searches.js';
import { PastEvents, type PastPosition } from './domain/past-events.js';
import type { SearchCriteria, SearchPosition } from './domain/search.js';
import { AccountingDto, AccountingQuery, BatchReceiptDto, EventDto, EventPageDto, EventQuery } from './event-query.dto.js';

const HOUR_MS = 3_600_000;
const MOST_HOURS = 31 * 24;
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const LATEST = 8_640_000_000_000_000;

/** Events as they were stored. */
@ApiTags('events')
@Controller('api/v1')
export class EventsController {
  constructor(
    private readonly pipeline: EventPipeline,
    private readonly clock: Clock,
    private readonly searches: OpenSearches,
    private readonly retired: RetiredMonths,
    private readonly past: PastEvents,
  ) {}

  /** Searches events by time, terms and text. Work is bounded: a page says what it looked at and what remains. */
  @Get('events')
  @Allow('events:read')
  @ApiOkResponse({ type: EventPageDto })
  async search(@InTenant() { tenant }: TenantCaller, @Query() query: EventQuery): Promise<EventPageDto> {
    const position = query.cursor === undefined ? undefined : toPosition(query.cursor);
    return this.bounded(tenant, () =>
      position && 'batch_id' in position ? this.searchPast(tenant, query, position) : this.searchKept(tenant, query, position),
    );
  }

  private async searchKept(tenant: TenantId, query: EventQuery, before: SearchPosition | undefined): Promise<EventPageDto> {
    const { items, next, ...cost } = await this.pipeline.search(tenant, { ...toCriteria(query), ...(before && { before }) });
    const past = next ? undefined : await this.past.begin(tenant);
    const next_cursor = next ? encodeCursor([next.month, next.sequence, next.record]) : past ? pastCursor(past) : null;
    return { items: items.map((item) => ({ ...item, rules: [...item.rules] })), next_cursor, ...cost };
  }

  private async searchPast(tenant: TenantId, query: EventQuery, before: PastPosition): Promise<EventPageDto> {
    const { items, next, events } = await this.past.search(tenant, toCriteria(query), before);
    return {
      items: items.map((item) => ({ ...item, rules: [...item.rules] })),
      next_cursor: next && pastCursor(next),
      scanned: { chunks: 0, events, bytes: 0 },
      remaining: { chunks: 0 },
    };
  }

  /** @throws Problem 429 where the tenant has as many searches, or accounts, under way as it may. */
  private async bounded<T>(tenant: TenantId, search: () => Promise<T>): Promise<T> {
    const end = this.searches.begin(tenant);
    if (!end) {
      throw new Problem('rate-limited', 'As many searches are under way as may be; wait for one to end.', {
        headers: { 'Retry-After': '1' },
      });
    }
    try {
      return await orUnavailable(search());
    } finally {
      end();
    }
  }

  /** One event: the original byte for byte, and what was understood of it. */
  @Get('events/:event_id')
  @Allow('events:read')
  @ApiOkResponse({ type: EventDto })
  @ApiNotFoundResponse({ description: 'No such event, or one of another tenant.' })
  async find(@InTenant() { tenant }: TenantCaller, @Param('event_id') eventId: string): Promise<EventDto> {
    if (!parseEventId(eventId)) throw notFound();
    const found = (await orUnavailable(this.pipeline.find(tenant, eventId))) ?? (await this.past.find(tenant, eventId));
    if (!found) throw notFound();
    const original = JSON.parse(found.raw) as Record<string, unknown>;
    return { ...found, tenant_id: tenant, original, rules: [...found.rules] };
  }

  /** What became of a batch, by the id that it was acknowledged with. */
  @Get('events/batches/:batch_id')
  @Allow('events:read')
  @ApiOkResponse({ type: BatchReceiptDto })
  @ApiNotFoundResponse({ description: 'No such batch, or one of another tenant.' })
  async receipt(@InTenant() { tenant }: TenantCaller, @Param('batch_id') batchId: string): Promise<BatchReceiptDto> {
    const isId = parseEventId(`${batchId}.0`) !== undefined;
    const receipt = isId ? await orUnavailable(this.pipeline.receiptOf(tenant, batchId)) : undefined;
    if (!receipt) throw notFound();
    return { ...receipt, tenant_id: tenant, rejected: { ...receipt.rejected }, received_at: new Date(receipt.received_at).toISOString() };
  }

  /**
   * What became of every event received, hour by hour. What is stored is counted anew each time: the remainder is 0 where all of it is there. Of months that
   * were removed because their time was over there are no hours.
   */
  @Get('accounting')
  @Allow('accounting:read')
  @ApiOkResponse({ type: AccountingDto })
  async accounting(@InTenant() { tenant }: TenantCaller, @Query() query: AccountingQuery): Promise<AccountingDto> {
    const to = query.to === undefined ? this.clock.now() : Date.parse(query.to);
    const from = Math.floor((query.from === undefined ? to - 24 * HOUR_MS : Date.parse(query.from)) / HOUR_MS) * HOUR_MS;
    if (to < from || to - from > MOST_HOURS * HOUR_MS) {
      throw invalid([{ pointer: 'to', code: 'bad_range', detail: 'must be at most 31 days after from, and not before it' }]);
    }
    const counted = await this.bounded(tenant, () => this.pipeline.recount(tenant, from, to));
    const retired = await this.retired.between(tenant, from, to);
    const hours = counted.map(account).filter(({ hour }) => !retired.some(({ month }) => hour.startsWith(month)));
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      hours: hours.map((hour) => ({ ...hour, rejected: { ...hour.rejected }, shed: { ...hour.shed } })),
      remainder: hours.reduce((sum, { remainder }) => sum + remainder, 0),
      retired_months: [...retired],
    };
  }
}

function toCriteria(query: EventQuery): SearchCriteria {
  const { from, to, limit, host, user, ip, hash, process, rule_id, q } = query;
  const terms = Object.entries({ host, user, ip, hash, process, rule_id, q }).filter(([, term]) => term !== undefined);
  return {
    ...Object.fromEntries(terms),
    from: from === undefined ? -LATEST : Date.parse(from),
    to: to === undefined ? LATEST : Date.parse(to),
    limit,
  };
}

/** Where a page begins: among the events that are kept here, by month, or among past ones, by batch. */
function toPosition(cursor: string): SearchPosition | PastPosition {
  const [place, ...rest] = decodeCursor(cursor, ['string', 'number', 'number']);
  const [first = NaN, second = NaN] = rest.map(Number);
  const areNumbers = [first, second].every((number) => Number.isSafeInteger(number) && number >= 0);
  if (typeof place === 'string' && areNumbers) {
    if (MONTH.test(place)) return { month: place, sequence: first, record: second };
    if (parseEventId(`${place}.0`)) return { batch_id: place, index: first };
  }
  throw new Problem('malformed-request', 'Use next_cursor of the page before, unchanged.');
}

/** A past page's cursor has as many parts as any other. */
function pastCursor({ batch_id, index }: PastPosition): string {
  return encodeCursor([batch_id, index, 0]);
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof PipelineUnavailable)) throw error;
    throw new Problem('unavailable', 'Try again in a second.', { headers: { 'Retry-After': '1' } });
  });
}
