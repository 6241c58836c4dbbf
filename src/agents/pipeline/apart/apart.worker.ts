import { parentPort, workerData } from 'node:worker_threads';
import { readDetection } from '../../../ada/adapters/load-detection.js';
import { ANOMALY_RISK } from '../../../ada/anomaly-risks.js';
import { createLocalDetectionAgent } from '../../../ada/create-local-detection-agent.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { readEvents } from '../../../mssp/ingest/domain/read-events.js';
import { ATTEMPTS, reasonOf } from '../../../mssp/ingest/domain/inspect-apart.js';
import { declaredFormat, RefusedSubmission } from '../../../mssp/ingest/domain/submission.js';
import { shortTurns } from '../../../platform/clock/short-turns.js';
import { DetectionMark } from '../detection-mark.js';
import { textReader } from '../event-texts.js';
import type { InspectingThreadSetup } from '../pipeline-setup.js';
import { takeApart } from '../prepared-submissions.js';
import { TenantIndicators } from '../tenant-indicators.js';
import type { ApartBatch, ApartMessage, ApartTrial } from './apart-protocol.js';

const setup = workerData as InspectingThreadSetup;
const detection = await readDetection(setup.set.texts);
const indicators = new TenantIndicators();
const agent = createLocalDetectionAgent({ ...detection, riskOf: () => ANOMALY_RISK, indicatorsOf: (tenant) => indicators.of(tenant) });
const mark = new DetectionMark(setup.mark);

function say(message: ApartMessage): void {
  parentPort?.postMessage(message);
}

/** What cannot be taken apart has no events; whoever takes it in says why. */
async function eventsOf({ body, form, source, receivedAt }: ApartBatch): Promise<readonly SecurityEvent[]> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    const taken = takeApart(bytes, { form, source }, setup.maxEvents);
    const declared = declaredFormat(taken.source.name, taken.source.pointer);
    const read = await readEvents({ textOf: textReader(bytes), slices: taken.slices, declared, receivedAt }, shortTurns());
    return read.events.map(({ event }) => event);
  } catch (error) {
    if (error instanceof RefusedSubmission) return [];
    throw error;
  }
}

async function inspectAlone({ tenant, receivedAt }: ApartBatch, event: SecurityEvent): Promise<unknown> {
  const received_at = new Date(receivedAt).toISOString();
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      mark.begin(event.index);
      await agent.inspect(tenant, { batch_id: `apart.${event.index}.${attempt}`, received_at, events: [event] });
      return undefined;
    } catch (error) {
      failure = error ?? new Error('inspection failed');
    } finally {
      mark.end();
    }
  }
  return failure;
}

async function run({ batch, from, own }: ApartTrial): Promise<void> {
  if (own?.filters) detection.own.set(batch.tenant, own.filters);
  indicators.set(batch.tenant, own?.indicators ?? null);
  let isSound = false;
  for (const event of await eventsOf(batch)) {
    if (event.index < from) continue;
    const failure = await inspectAlone(batch, event);
    if (failure !== undefined) say({ say: 'thrown', event: { index: event.index, reason: reasonOf(failure) } });
    else if (!isSound) say({ say: 'sound' });
    isSound ||= failure === undefined;
  }
  agent.forget(batch.tenant);
  detection.own.forget(batch.tenant);
  indicators.forget(batch.tenant);
  say({ say: 'through' });
}

parentPort?.on('message', (trial: ApartTrial) => void run(trial));
say({ say: 'ready' });
