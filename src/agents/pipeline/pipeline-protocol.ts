import type { CanaryBatch, CanaryOutcome } from '../../ada/domain/liveness/canary-batch.js';
import type { RuleSamples } from '../../ada/domain/liveness/rule-sample.js';
import type { OwnRules } from '../../ada/loaded-rule-catalog.js';
import type { Detection } from '../../contracts/detection.js';
import type { InspectionReport, SentEvents } from '../../contracts/sent-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { EventDamage } from '../../mssp/ingest/domain/event-damage.js';
import type { ShownEvent } from '../../mssp/ingest/domain/event-pipeline.js';
import type { BatchReceipt, HourCount, PendingDetections, SettledBatch } from '../../mssp/ingest/domain/event-store.js';
import type { EventNames } from '../../mssp/ingest/domain/event-names.js';
import type { PoisonEvent } from '../../mssp/ingest/domain/poison-event.js';
import type { IngestAnswer } from '../../mssp/ingest/domain/ingest-answer.js';
import type { CopyPosition, CopySlice } from '../../mssp/lake/domain/copy-slice.js';
import type { RecordPage, TimeSpan } from '../../mssp/ingest/domain/read-page.js';
import type { SearchCriteria, SearchPosition, SearchResult } from '../../mssp/ingest/domain/search.js';
import type { PastSpan } from '../../platform/observability/tracing/active-span.js';
import type { ThreadVitals } from '../../platform/observability/thread-gauges.js';
import type { ApartBatch } from './apart/apart-protocol.js';
import type { TimedOperation } from './measured-store.js';
import type { ReadRules, RuleSet, SampledRules } from './rule-set.js';
import type { TenantTerms } from './tenant-terms.js';
import type { StorageFault } from '../../platform/storage/storage-fault.js';
import type { DeclaredFormat, RefusalReason, SubmissionFault } from '../../mssp/ingest/domain/submission.js';

/** What is asked before a request is admitted: how many events there are, and whether its key was used. */
export interface PrepareRequest {
  readonly op: 'prepare';
  readonly tenant: TenantId;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly form: 'envelope' | 'lines';
  readonly source: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly receivedAt: number;
}

export type Prepared =
  { readonly kind: 'ready'; readonly ticket: number; readonly events: number } | { readonly kind: 'replay'; readonly answer: IngestAnswer };

/** What every ingest carries. */
interface IngestParts {
  readonly op: 'ingest';
  readonly tenant: TenantId;
  readonly batchId: string;
  readonly receivedAt: number;
  readonly correlationId: string;
  readonly rateLimitRemaining: number;
  /** Whether its steps are to be timed. */
  readonly isTraced: boolean;
  /** Events that cannot be inspected, as is known from having tried them apart. */
  readonly poison: readonly PoisonEvent[];
  /** What the events are called that their sources give no name. */
  readonly names: EventNames | undefined;
}

/** Lines whose number is known go straight in; what was prepared is named by its ticket. */
export type IngestRequest = IngestParts &
  ({ readonly body: Uint8Array<ArrayBuffer>; readonly declared: DeclaredFormat } | { readonly ticket: number });

export interface IngestReply {
  readonly answer: IngestAnswer;
  /** JSON of the detections, the text that was stored too. */
  readonly detections: readonly Detection[];
  /** Events that were stored and cannot be inspected. */
  readonly poison: readonly PoisonEvent[];
  /** The answer is that of an earlier request with the same idempotency key. */
  readonly replayed?: true;
  /** Its steps, where they were to be timed. */
  readonly steps: readonly PastSpan[];
}

/** What can be asked of a pipeline thread, by operation, and what it answers. */
export interface PipelineCalls {
  prepare: { readonly request: PrepareRequest; readonly reply: Prepared };
  forget: { readonly request: { readonly op: 'forget'; readonly ticket: number }; readonly reply: null };
  ingest: { readonly request: IngestRequest; readonly reply: IngestReply };
  inspect: {
    readonly request: {
      readonly op: 'inspect';
      readonly tenant: TenantId;
      readonly sent: SentEvents;
      readonly poison: readonly PoisonEvent[];
    };
    readonly reply: InspectionReport;
  };
  settle: { readonly request: { readonly op: 'settle'; readonly tenant: TenantId; readonly settled: SettledBatch }; readonly reply: null };
  recover: { readonly request: { readonly op: 'recover'; readonly tenant: TenantId }; readonly reply: readonly PendingDetections[] };
  find: {
    readonly request: { readonly op: 'find'; readonly tenant: TenantId; readonly eventId: string };
    readonly reply: ShownEvent | null;
  };
  search: {
    readonly request: { readonly op: 'search'; readonly tenant: TenantId; readonly criteria: SearchCriteria };
    readonly reply: SearchResult;
  };
  recount: {
    readonly request: { readonly op: 'recount'; readonly tenant: TenantId; readonly from: number; readonly to: number };
    readonly reply: readonly HourCount[];
  };
  receipt: {
    readonly request: { readonly op: 'receipt'; readonly tenant: TenantId; readonly batchId: string };
    readonly reply: BatchReceipt | null;
  };
  slice: {
    readonly request: { readonly op: 'slice'; readonly tenant: TenantId; readonly from: CopyPosition | null };
    readonly reply: CopySlice;
  };
  records: {
    readonly request: {
      readonly op: 'records';
      readonly tenant: TenantId;
      readonly span: TimeSpan;
      readonly before: SearchPosition | null;
    };
    readonly reply: RecordPage;
  };
  shed: {
    readonly request: {
      readonly op: 'shed';
      readonly tenant: TenantId;
      readonly at: number;
      readonly reason: string;
      readonly events: number;
    };
    readonly reply: null;
  };
  /** Before anything else is asked for a tenant: it is served by this thread, with these terms. */
  open: {
    readonly request: { readonly op: 'open'; readonly tenant: TenantId; readonly terms: TenantTerms; readonly number: number };
    readonly reply: null;
  };
  /** What came of trying a batch apart, as the thread had asked for; null where it could not be tried. */
  tried: {
    readonly request: { readonly op: 'tried'; readonly trial: string; readonly poison: readonly PoisonEvent[] | null };
    readonly reply: null;
  };
  /** Closes all that is open of a tenant, forgets what is known of it, and refuses it until it is opened again. */
  retire: { readonly request: { readonly op: 'retire'; readonly tenant: TenantId }; readonly reply: null };
  rules: { readonly request: { readonly op: 'rules' }; readonly reply: ReadRules };
  /** Reads a set of rules beside the one in force, and keeps it ready; what it holds is answered where that is asked for. */
  'prepare-rules': {
    readonly request: { readonly op: 'prepare-rules'; readonly set: RuleSet; readonly isTold: boolean };
    readonly reply: SampledRules | null;
  };
  /** Puts a set of rules in force, for whatever is asked after this. */
  'take-rules': { readonly request: { readonly op: 'take-rules'; readonly set: RuleSet }; readonly reply: null };
  /** Lets go of a set that was kept ready. */
  'drop-rules': { readonly request: { readonly op: 'drop-rules' }; readonly reply: null };
  /** What shows whether the rules are alive that the thread has read. */
  samples: { readonly request: { readonly op: 'samples' }; readonly reply: readonly RuleSamples[] };
  /** What a tenant has of rules of its own: all of it, or what it sent. */
  'own-rules': {
    readonly request: { readonly op: 'own-rules'; readonly tenant: TenantId; readonly sent: boolean };
    readonly reply: OwnRules;
  };
  /** What a text of filters would put in force. */
  'check-filters': {
    readonly request: { readonly op: 'check-filters'; readonly tenant: TenantId; readonly document: string };
    readonly reply: OwnRules;
  };
  /** Leads samples of rules through what events of a tenant go through, and forgets them. */
  canaries: {
    readonly request: { readonly op: 'canaries'; readonly tenant: TenantId; readonly batch: CanaryBatch };
    readonly reply: readonly CanaryOutcome[];
  };
  /** What the rules that the thread has read cost by themselves for an event like their samples, in µs, by id: measured beside all else, over a while. */
  costs: { readonly request: { readonly op: 'costs' }; readonly reply: ReadonlyMap<string, number> };
  close: { readonly request: { readonly op: 'close' }; readonly reply: null };
}

export type PipelineOperation = keyof PipelineCalls;
export type PipelineRequest = PipelineCalls[PipelineOperation]['request'];

/** A request as it crosses; replies carry the same id. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: PipelineRequest;
}

/** Why a request was not answered: refused for what it is, as PostgreSQL is away, or failed here. */
export type PipelineFault =
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string; readonly faults: readonly SubmissionFault[] }
  | { readonly kind: 'away' }
  | { readonly kind: 'failed'; readonly message: string; readonly storage: StorageFault | undefined };

/** How a thread is, and what it has done since it last said so. */
export interface PipelineVitals extends ThreadVitals {
  /** Arrival of the oldest event that is stored and not inspected, milliseconds since the epoch; null where there is none. */
  readonly uninspectedSince: number | null;
  readonly stored: readonly TimedOperation[];
  /** Bytes that detection holds of field values it has met, as it counts them. */
  readonly remembered: number;
  /** Groups that correlations let go of for want of room, and events that came too late for them, since the last report. */
  readonly uncorrelated: { readonly evicted: number; readonly late: number };
  /** Events since the last report for which not all patterns of indicators were evaluated that came into question. */
  readonly untried: number;
  /** Detections beyond what an event or a batch may have, by tenant, since the last report. */
  readonly leftOut: ReadonlyMap<TenantId, number>;
}

/** What a thread says. */
export type PipelineMessage =
  | { readonly say: 'ready' }
  | { readonly say: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly say: 'fault'; readonly id: number; readonly fault: PipelineFault }
  | { readonly say: 'vitals'; readonly vitals: PipelineVitals }
  | { readonly say: 'detected'; readonly tenant: TenantId; readonly pending: PendingDetections }
  | { readonly say: 'damaged'; readonly tenant: TenantId; readonly damage: EventDamage }
  /** Asks for a batch to be tried apart. */
  | { readonly say: 'try'; readonly trial: string; readonly batch: ApartBatch }
  | { readonly say: 'trouble'; readonly event: string; readonly tenant: TenantId | null; readonly message: string };
