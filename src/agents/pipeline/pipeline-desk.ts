import { setImmediate as turn } from 'node:timers/promises';
import type { AnomalyRisks } from '../../ada/anomaly-risks.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantCiphers } from '../../mssp/ingest/adapters/tenant-ciphers.js';
import type { EventStore } from '../../mssp/ingest/domain/event-store.js';
import { showEvent } from '../../mssp/ingest/domain/show-event.js';
import { readSlice } from '../../mssp/lake/domain/copy-slice.js';
import { readPage } from '../../mssp/ingest/domain/read-page.js';
import { searchEvents, type SearchCriteria, type SearchResult } from '../../mssp/ingest/domain/search.js';
import type { AskedTrials } from './asked-trials.js';
import type { CanaryInspection } from './canary-inspection.js';
import type { DetectionMark } from './detection-mark.js';
import { textReader } from './event-texts.js';
import type { PassingInspection } from './passing-inspection.js';
import type { IngestReply, IngestRequest, PipelineCalls, PipelineOperation, PipelineRequest } from './pipeline-protocol.js';
import { PreparedSubmissions, type PreparedSubmission } from './prepared-submissions.js';
import { splitLines } from '../../events/split-lines.js';
import type { LateInspection } from './late-inspection.js';
import type { RequestTimes } from './request-times.js';
import type { ShedCounts } from './shed-counts.js';
import type { TenantIndicators } from './tenant-indicators.js';
import type { TenantLanes } from './tenant-lanes.js';
import type { ThreadRules } from './thread-rules.js';

const MOST_CHUNKS = 64;
const SEARCH_TIME_MS = 500;
/** Few enough that others do not wait long for the thread, and for what carries them over. */
const PAGE = { events: 500, bytes: 512 * 1024, pause: () => turn() };
const SLICE = { events: 500, bytes: 2 * 1024 * 1024 };

type Handlers = {
  readonly [Operation in PipelineOperation]: (
    request: PipelineCalls[Operation]['request'],
  ) => Promise<PipelineCalls[Operation]['reply']> | PipelineCalls[Operation]['reply'];
};

/** What the desk works with. */
export interface DeskParts {
  readonly store: EventStore;
  readonly lanes: TenantLanes;
  readonly prepared: PreparedSubmissions;
  readonly passing: PassingInspection;
  readonly late: LateInspection;
  readonly shed: ShedCounts;
  readonly times: RequestTimes;
  readonly rules: ThreadRules;
  readonly ciphers: TenantCiphers;
  readonly mark: DetectionMark;
  readonly trials: AskedTrials;
  readonly risks: AnomalyRisks;
  readonly indicators: TenantIndicators;
  readonly canaries: CanaryInspection;
}

/** Answers what is asked of a pipeline thread. */
export class PipelineDesk {
  private readonly handlers: Handlers;

  constructor(private readonly parts: DeskParts) {
    const { store, lanes, prepared, passing, late, shed, rules, ciphers, mark, trials, risks, indicators, canaries } = parts;
    this.handlers = {
      prepare: (request) => prepared.prepare(request),
      forget: ({ ticket }) => (prepared.forget(ticket), null),
      ingest: (request) => this.ingest(request),
      inspect: ({ tenant, sent, poison }) => passing.inspect(tenant, sent, poison),
      settle: ({ tenant, settled }) => (lanes.of(tenant).settle(settled), null),
      recover: ({ tenant }) => late.recover(tenant),
      find: async ({ tenant, eventId }) => {
        const record = (await store.exists(tenant)) ? await store.find(tenant, eventId) : undefined;
        return (record && showEvent(record)) ?? null;
      },
      search: ({ tenant, criteria }) => this.search(tenant, criteria),
      recount: async ({ tenant, from, to }) => {
        await shed.write(tenant);
        return (await store.exists(tenant)) ? store.recount(tenant, from, to) : [];
      },
      receipt: async ({ tenant, batchId }) => ((await store.exists(tenant)) && (await store.receiptOf(tenant, batchId))) || null,
      slice: ({ tenant, from }) => readSlice(store, tenant, from, SLICE),
      records: ({ tenant, span, before }) => readPage(store, tenant, span, before, PAGE),
      shed: ({ tenant, at, reason, events }) => (shed.add(tenant, at, reason, events), null),
      open: ({ tenant, terms, number }) => (
        mark.name(tenant, number),
        ciphers.open(tenant, terms.keys),
        risks.set(tenant, terms.risk),
        terms.filters && rules.own.set(tenant, terms.filters),
        indicators.set(tenant, terms.indicators),
        null
      ),
      tried: ({ trial, poison }) => (trials.answer(trial, poison), null),
      retire: async ({ tenant }) => (await this.retire(tenant), null),
      rules: () => rules.inForce(),
      'prepare-rules': ({ set, isTold }) => rules.prepare(set, isTold),
      'take-rules': async ({ set }) => (await rules.take(set), null),
      'drop-rules': () => (rules.drop(), null),
      samples: () => rules.samples(),
      'own-rules': ({ tenant, sent }) => (sent ? rules.own.sentBy(tenant) : rules.own.of(tenant)),
      'check-filters': ({ tenant, document }) => rules.own.check(tenant, document),
      canaries: ({ tenant, batch }) => canaries.inspect(tenant, batch),
      costs: () => rules.costs.measure(),
      close: async () => (await this.close(), null),
    };
  }

  /** @throws RefusedSubmission, and errors of the store. */
  async answer(request: PipelineRequest): Promise<unknown> {
    const handler = this.handlers[request.op] as (request: PipelineRequest) => unknown;
    return handler(request);
  }

  private async ingest(request: IngestRequest): Promise<IngestReply> {
    const { tenant, batchId, receivedAt, correlationId, rateLimitRemaining, isTraced, poison, names } = request;
    const submission = 'ticket' in request ? this.parts.prepared.take(request.ticket) : unprepared(request);
    const textOf = textReader(submission.body);
    const batch = { batchId, receivedAt, correlationId, rateLimitRemaining, textOf, poison, names, ...submission };
    if (isTraced) this.parts.times.watch(batch);
    const { answer, detections, poison: kept, failure, replayed } = await this.parts.lanes.of(tenant).enqueue(batch);
    if (failure !== undefined) this.parts.late.begin(tenant, failure);
    return { answer, detections, poison: kept, ...(replayed && { replayed }), steps: this.parts.times.of(batch) };
  }

  private async search(tenant: TenantId, criteria: SearchCriteria): Promise<SearchResult> {
    const end = performance.now() + SEARCH_TIME_MS;
    return searchEvents(this.parts.store, tenant, criteria, {
      chunks: MOST_CHUNKS,
      spent: () => performance.now() > end,
      pause: () => turn(),
    });
  }

  private async retire(tenant: TenantId): Promise<void> {
    this.parts.ciphers.retire(tenant);
    this.parts.late.forget(tenant);
    this.parts.shed.forget(tenant);
    this.parts.risks.forget(tenant);
    this.parts.rules.own.forget(tenant);
    this.parts.indicators.forget(tenant);
    await this.parts.lanes.retire(tenant);
    await this.parts.store.release(tenant);
  }

  /** Finishes what waits, keeps what was learned, closes the files. */
  private async close(): Promise<void> {
    this.parts.late.stop();
    this.parts.rules.costs.stop();
    await this.parts.shed.write();
    await this.parts.lanes.closeAll();
    await this.parts.store.close();
  }
}

function unprepared({ body, declared }: Extract<IngestRequest, { body: unknown }>): PreparedSubmission {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { body: buffer, slices: splitLines(buffer), declared, idempotency: undefined };
}
