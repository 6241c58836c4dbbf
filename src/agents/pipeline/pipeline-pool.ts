import type { CanaryBatch, CanaryOutcome } from '../../ada/domain/liveness/canary-batch.js';
import type { OwnRules } from '../../ada/loaded-rule-catalog.js';
import type { InspectionReport, SentEvents } from '../../contracts/sent-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import {
  EventPipeline,
  type Admission,
  type Ingested,
  type LateDetections,
  type ShownEvent,
} from '../../mssp/ingest/domain/event-pipeline.js';
import type { DamageListener } from '../../mssp/ingest/domain/event-damage.js';
import type { BatchReceipt, HourCount, PendingDetections } from '../../mssp/ingest/domain/event-store.js';
import type { CopyPosition, CopySlice } from '../../mssp/lake/domain/copy-slice.js';
import type { RecordPage, TimeSpan } from '../../mssp/ingest/domain/read-page.js';
import type { SearchCriteria, SearchPosition, SearchResult } from '../../mssp/ingest/domain/search.js';
import type { Submission } from '../../mssp/ingest/domain/submission.js';
import { NoTracing } from '../../platform/observability/tracing/no-tracing.js';
import type { Tracing } from '../../platform/observability/tracing/tracing.js';
import { OPEN_GATE, type PipelineGate, type PipelineObserver, type TroubleListener } from './pipeline-listeners.js';
import type { PipelineMessage } from './pipeline-protocol.js';
import type { StoringSetup } from './pipeline-setup.js';
import { ApartThread } from './apart/apart-thread.js';
import type { ApartBatch } from './apart/apart-protocol.js';
import { Quarantine } from './apart/quarantine.js';
import { APART_LIMITS, QUARANTINE_LIMITS } from './apart/quarantine-limits.js';
import { PipelineThread } from './pipeline-thread.js';
import { PooledIngest } from './pooled-ingest.js';
import { PooledRules } from './pooled-rules.js';
import { ServingThreads } from './serving-threads.js';

/** The pipeline in worker threads: a tenant is always in the same one, so what is learned of it lives there without locks. */
export class PipelinePool extends EventPipeline {
  /** The rules that the threads go by. */
  readonly rules: PooledRules;
  private readonly threads: readonly PipelineThread[];
  private readonly byTenant: ServingThreads;
  private readonly ingesting: PooledIngest;
  private lateDetections: LateDetections = () => undefined;
  private restarted: (tenant: TenantId) => void = () => undefined;
  private doubted: (tenant: TenantId) => void = () => undefined;
  private observer: PipelineObserver | undefined;
  private damaged: DamageListener = () => undefined;
  private readonly quarantine: Quarantine;

  constructor(
    setup: StoringSetup,
    count: number,
    private readonly onTrouble: TroubleListener,
    gate: PipelineGate = OPEN_GATE,
    tracing: Tracing = new NoTracing(),
  ) {
    super();
    this.quarantine = new Quarantine(
      () => new ApartThread(setup, APART_LIMITS, (tenant) => this.byTenant.givenTo(tenant)),
      QUARANTINE_LIMITS,
    );
    this.threads = Array.from({ length: count }, (_, number) => new PipelineThread(setup, this.listenerOf(number)));
    this.rules = new PooledRules(this.threads, setup.rules);
    this.byTenant = new ServingThreads(this.threads, gate);
    this.ingesting = new PooledIngest(setup.maxEvents, this.quarantine, (tenant) => this.serving(tenant), tracing);
  }

  /** Requests that the threads have not answered. */
  get load(): number {
    return this.threads.reduce((sum, { load }) => sum + load, 0);
  }

  get isRunning(): boolean {
    return this.threads.every(({ isRunning }) => isRunning);
  }

  /** Resolves once all threads take requests. */
  async start(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.start()));
  }

  /** The tenants that something was asked for since the start. */
  get tenants(): readonly TenantId[] {
    return this.byTenant.tenants;
  }

  /** What becomes of samples of rules on the way of a tenant's events; nothing else comes of them. */
  async sendCanaries(tenant: TenantId, batch: CanaryBatch): Promise<readonly CanaryOutcome[]> {
    return (await this.serving(tenant)).ask({ op: 'canaries', tenant, batch });
  }

  /** What a tenant has of rules of its own: all of it, or what it sent. */
  async ownRules(tenant: TenantId, part: 'all' | 'sent'): Promise<OwnRules> {
    return (await this.serving(tenant)).ask({ op: 'own-rules', tenant, sent: part === 'sent' });
  }

  /** What a text of filters would put in force for a tenant, and what is wrong in it. */
  async checkFilters(tenant: TenantId, document: string): Promise<OwnRules> {
    return (await this.serving(tenant)).ask({ op: 'check-filters', tenant, document });
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads.map((thread) => thread.close()), this.quarantine.close()]);
  }

  ingest(tenant: TenantId, submission: Submission, admit: Admission): Promise<Ingested> {
    return this.ingesting.take(tenant, submission, admit);
  }

  /** Inspects events without storing them. @throws RefusedSubmission, PipelineUnavailable */
  async inspect(tenant: TenantId, sent: SentEvents): Promise<InspectionReport> {
    const isSuspect = sent.failed_before === true || this.quarantine.isWatched(tenant);
    const batch = { tenant, receivedAt: sent.received_at, body: sent.body, form: 'envelope', source: undefined } as const;
    const poison = isSuspect ? await this.quarantine.examine(batch) : [];
    return (await this.serving(tenant)).ask({ op: 'inspect', tenant, sent, poison }, [sent.body.buffer]);
  }

  settled(tenant: TenantId, batchId: string, alerts: number): void {
    // What is lost here is settled again when the tenant is recovered.
    this.serving(tenant)
      .then((thread) => thread.ask({ op: 'settle', tenant, settled: { batch_id: batchId, alerts } }))
      .catch(() => undefined);
  }

  async recover(tenant: TenantId): Promise<readonly PendingDetections[]> {
    return (await this.serving(tenant)).ask({ op: 'recover', tenant });
  }

  async find(tenant: TenantId, eventId: string): Promise<ShownEvent | undefined> {
    return (await (await this.serving(tenant)).ask({ op: 'find', tenant, eventId })) ?? undefined;
  }

  async search(tenant: TenantId, criteria: SearchCriteria): Promise<SearchResult> {
    return (await this.serving(tenant)).ask({ op: 'search', tenant, criteria });
  }

  async recount(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    return (await this.serving(tenant)).ask({ op: 'recount', tenant, from, to });
  }

  async receiptOf(tenant: TenantId, batchId: string): Promise<BatchReceipt | undefined> {
    return (await (await this.serving(tenant)).ask({ op: 'receipt', tenant, batchId })) ?? undefined;
  }

  async slice(tenant: TenantId, from: CopyPosition | null): Promise<CopySlice> {
    return (await this.serving(tenant)).ask({ op: 'slice', tenant, from });
  }

  async records(tenant: TenantId, span: TimeSpan, before: SearchPosition | null): Promise<RecordPage> {
    return (await this.serving(tenant)).ask({ op: 'records', tenant, span, before });
  }

  shed(tenant: TenantId, at: number, reason: string, events: number): void {
    // Where the thread is lost the events are counted neither as received nor as shed.
    this.serving(tenant)
      .then((thread) => thread.ask({ op: 'shed', tenant, at, reason, events }))
      .catch(() => undefined);
  }

  onLateDetections(listener: LateDetections): void {
    this.lateDetections = listener;
  }

  onDamage(listener: DamageListener): void {
    this.damaged = listener;
  }

  onRestart(listener: (tenant: TenantId) => void): void {
    this.restarted = listener;
  }

  /** Has a listener hear of tenants whose rules may not do what they did: their terms are others, or their thread has read its rules again. */
  onDoubt(listener: (tenant: TenantId) => void): void {
    this.doubted = listener;
  }

  /** Has an observer hear how the threads are. */
  observe(observer: PipelineObserver): void {
    this.observer = observer;
  }

  /** A tenant's keys, or other terms, are not what they were: what is asked for it once this resolves is done on those that it has now. */
  async renewTerms(tenant: TenantId): Promise<void> {
    await this.byTenant.renew(tenant);
    this.doubted(tenant);
  }

  /** Closes all that is open of a tenant. The gate refuses it from before on. */
  async retire(tenant: TenantId): Promise<void> {
    this.quarantine.forget(tenant);
    await this.byTenant.retire(tenant);
  }

  /** The tenant's thread, once it was told to serve it. */
  private serving(tenant: TenantId): Promise<PipelineThread> {
    return this.byTenant.threadOf(tenant);
  }

  private listenerOf(number: number): ConstructorParameters<typeof PipelineThread>[1] {
    return {
      said: (message) => this.hear(number, message),
      lost: (error, suspect) => {
        this.observer?.lost(number);
        if (suspect !== undefined) this.quarantine.watch(suspect);
        this.onTrouble('pipeline.lost', suspect ?? null, error.stack ?? error.message);
      },
      returned: () => {
        for (const tenant of this.byTenant.tenantsOf(number)) {
          this.restarted(tenant);
          this.doubted(tenant);
        }
      },
    };
  }

  private tryApart(number: number, trial: string, batch: ApartBatch): void {
    this.quarantine
      .examine(batch)
      .catch(() => null)
      .then((poison) => this.threads[number]?.ask({ op: 'tried', trial, poison }))
      // A thread that was lost meanwhile asks again once it is back.
      .catch(() => undefined);
  }

  private hear(thread: number, message: Exclude<PipelineMessage, { say: 'ready' | 'reply' | 'fault' }>): void {
    if (message.say === 'detected') this.lateDetections(message.tenant, message.pending);
    else if (message.say === 'vitals') this.observer?.report(thread, message.vitals);
    else if (message.say === 'try') this.tryApart(thread, message.trial, message.batch);
    else if (message.say === 'damaged') {
      this.damaged(message.tenant, message.damage);
      this.restarted(message.tenant);
    } else this.onTrouble(message.event, message.tenant, message.message);
  }
}
