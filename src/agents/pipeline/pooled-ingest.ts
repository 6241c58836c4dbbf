import { v7 as uuidv7 } from 'uuid';
import type { TenantId } from '../../contracts/tenant.js';
import { countLines } from '../../events/split-lines.js';
import type { Admission, Ingested } from '../../mssp/ingest/domain/event-pipeline.js';
import type { PoisonEvent } from '../../mssp/ingest/domain/poison-event.js';
import { declaredFormat, RefusedSubmission, type Submission } from '../../mssp/ingest/domain/submission.js';
import type { Tracing } from '../../platform/observability/tracing/tracing.js';
import type { Quarantine } from './apart/quarantine.js';
import { IngestTurns } from './ingest-turns.js';
import type { IngestRequest } from './pipeline-protocol.js';
import type { PipelineThread } from './pipeline-thread.js';
import { checkCount } from './prepared-submissions.js';

/** A request of which it is not known yet whether its trace is kept. */
type Untraced<Request> = Request extends unknown ? Omit<Request, 'isTraced'> : never;

/** Requests of a tenant in its thread. */
const AT_ONCE = 64;

/** Takes submissions in: in turn, each key of idempotency once at a time, admitted by their count, stored by their tenant's thread. */
export class PooledIngest {
  private readonly keysInUse = new Set<string>();
  private readonly turns = new IngestTurns(AT_ONCE);

  /** @param maxEvents of one submission. @param serving the tenant's thread, once it was told to serve it. */
  constructor(
    private readonly maxEvents: number,
    private readonly quarantine: Quarantine,
    private readonly serving: (tenant: TenantId) => Promise<PipelineThread>,
    private readonly tracing: Tracing,
  ) {}

  /** @throws RefusedSubmission, PipelineUnavailable, and what `admit` throws. */
  async take(tenant: TenantId, submission: Submission, admit: Admission): Promise<Ingested> {
    const { idempotencyKey } = submission;
    const inTurn = (): Promise<Ingested> => this.turns.run(tenant, () => this.takeOnce(tenant, submission, admit));
    if (idempotencyKey === undefined) return inTurn();
    const key = `${tenant}/${idempotencyKey}`;
    if (this.keysInUse.has(key))
      throw new RefusedSubmission('in_progress', 'Wait for the first request to be answered, then send it again.');
    this.keysInUse.add(key);
    try {
      return await inTurn();
    } finally {
      this.keysInUse.delete(key);
    }
  }

  /** Lines without a key are counted here and sent over once; everything else is taken apart in the thread before it is admitted. */
  private async takeOnce(tenant: TenantId, submission: Submission, admit: Admission): Promise<Ingested> {
    const { body, form, source, idempotencyKey, receivedAt, correlationId, names } = submission;
    const isSuspect = this.quarantine.isWatched(tenant);
    const examine = async (): Promise<readonly PoisonEvent[]> =>
      isSuspect ? this.quarantine.examine({ tenant, receivedAt, body, form, source }) : [];
    const parts = { op: 'ingest', tenant, batchId: uuidv7({ msecs: receivedAt }), receivedAt, correlationId, names } as const;
    if (form === 'lines' && idempotencyKey === undefined) {
      const declared = declaredFormat(source, 'source');
      const events = countLines(Buffer.from(body.buffer, body.byteOffset, body.byteLength), this.maxEvents);
      checkCount(events, this.maxEvents);
      const rateLimitRemaining = await admit(events);
      const poison = await examine();
      return this.store(await this.serving(tenant), { ...parts, rateLimitRemaining, poison, body, declared }, [body.buffer]);
    }
    const thread = await this.serving(tenant);
    const sent = isSuspect ? body.slice() : body;
    const prepared = await this.tracing.span({ name: 'pipeline prepare' }, () =>
      thread.ask({ op: 'prepare', tenant, body: sent, form, source, idempotencyKey, receivedAt }, [sent.buffer]),
    );
    if (prepared.kind === 'replay') return { answer: prepared.answer, replayed: true, detections: [], poison: [] };
    const { ticket, events } = prepared;
    try {
      const rateLimitRemaining = await admit(events);
      const poison = await examine();
      return await this.store(thread, { ...parts, rateLimitRemaining, poison, ticket });
    } catch (error) {
      thread.ask({ op: 'forget', ticket }).catch(() => undefined);
      throw error;
    }
  }

  private store(thread: PipelineThread, request: Untraced<IngestRequest>, transfer: readonly ArrayBuffer[] = []): Promise<Ingested> {
    return this.tracing.span({ name: 'pipeline ingest' }, async (span) => {
      const { steps, ...reply } = await thread.ask({ ...request, isTraced: span.isRecorded }, transfer);
      for (const step of steps) span.add(step);
      return { replayed: false, ...reply };
    });
  }
}
