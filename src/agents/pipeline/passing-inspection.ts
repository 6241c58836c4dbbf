import type { DetectionAgent } from '../../contracts/detection-agent.js';
import type { InspectionReport, SentEvents } from '../../contracts/sent-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { PoisonEvent } from '../../mssp/ingest/domain/poison-event.js';
import { readEvents } from '../../mssp/ingest/domain/read-events.js';
import { declaredFormat } from '../../mssp/ingest/domain/submission.js';
import { shortTurns } from '../../platform/clock/short-turns.js';
import { textReader } from './event-texts.js';
import { checkCount, takeApart } from './prepared-submissions.js';
import type { TenantLanes } from './tenant-lanes.js';

/** Inspects events that others keep: nothing of them is stored, and what is learned of them is lost where it is not stored with other events. */
export class PassingInspection {
  constructor(
    private readonly agent: DetectionAgent,
    private readonly lanes: TenantLanes,
    private readonly maxEvents: number,
  ) {}

  /** @throws RefusedSubmission for a body that cannot be taken apart. */
  async inspect(tenant: TenantId, { batch_id, body, received_at }: SentEvents, poison: readonly PoisonEvent[]): Promise<InspectionReport> {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const { slices, source } = takeApart(bytes, { form: 'envelope', source: undefined }, this.maxEvents);
    const declared = declaredFormat(source.name, source.pointer);
    checkCount(slices.length, this.maxEvents);
    const read = await readEvents({ textOf: textReader(bytes), slices, declared, receivedAt: received_at }, shortTurns());
    const left = new Map(poison.map(({ index, reason }) => [index, reason]));
    const events = read.events.map(({ event }) => event).filter(({ index }) => !left.has(index));
    const uninspectable = [...left].map(([index, detail]) => ({ index, code: 'uninspectable', detail }));
    const batch = { batch_id, received_at: new Date(received_at).toISOString(), events };
    const detections = await this.lanes.of(tenant).exclusively(() => this.agent.inspect(tenant, batch));
    return { batch_id, inspected: events.length, rejected: [...read.rejected, ...uninspectable], detections };
  }
}
