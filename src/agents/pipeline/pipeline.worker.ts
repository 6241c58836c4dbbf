import { parentPort, workerData } from 'node:worker_threads';
import { readDetection } from '../../ada/adapters/load-detection.js';
import { AnomalyRisks } from '../../ada/anomaly-risks.js';
import { createLocalDetectionAgent } from '../../ada/create-local-detection-agent.js';
import { CorrelationLosses } from '../../ada/domain/sigma/correlation/correlation-losses.js';
import { CacheBudget } from '../../ada/domain/sigma/value-cache.js';
import type { TenantId } from '../../contracts/tenant.js';
import { TenantCiphers } from '../../mssp/ingest/adapters/tenant-ciphers.js';
import type { DamageListener } from '../../mssp/ingest/domain/event-damage.js';
import { BatchProcessor } from '../../mssp/ingest/domain/batch-processor.js';
import { RefusedSubmission } from '../../mssp/ingest/domain/submission.js';
import { TenantRecovery } from '../../mssp/ingest/domain/tenant-recovery.js';
import { shortTurns } from '../../platform/clock/short-turns.js';
import { EventLoopDelay } from '../../platform/observability/event-loop-delay.js';
import { LiveHeap } from '../../platform/observability/live-heap.js';
import { DatabaseAway } from '../../platform/storage/database-away.js';
import { storageFaultOf } from '../../platform/storage/storage-fault.js';
import { AskedTrials } from './asked-trials.js';
import { CanaryInspection } from './canary-inspection.js';
import { DetectionMark } from './detection-mark.js';
import { LateInspection } from './late-inspection.js';
import { measured, StoreTimes } from './measured-store.js';
import { openThreadEvents } from './open-thread-events.js';
import { PassingInspection } from './passing-inspection.js';
import { PipelineDesk } from './pipeline-desk.js';
import type { NumberedRequest, PipelineFault, PipelineMessage } from './pipeline-protocol.js';
import type { ThreadSetup } from './pipeline-setup.js';
import { PreparedSubmissions } from './prepared-submissions.js';
import { RequestTimes } from './request-times.js';
import { ShedCounts } from './shed-counts.js';
import { TenantIndicators } from './tenant-indicators.js';
import { TenantLanes } from './tenant-lanes.js';
import { ThreadRules } from './thread-rules.js';

const SHED_EVERY_MS = 1_000;
const VITALS_EVERY_MS = 2_000;
const setup = workerData as ThreadSetup;

function say(message: PipelineMessage): void {
  parentPort?.postMessage(message);
}

function trouble(event: string, tenant: TenantId | null, error: unknown): void {
  const storage = storageFaultOf(error);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say({ say: 'trouble', event: storage ? `storage.${storage}` : event, tenant, message });
}

function faultOf(error: unknown): PipelineFault {
  if (error instanceof RefusedSubmission) {
    const { reason, detail, faults } = error;
    return { kind: 'refused', reason, detail, faults };
  }
  if (error instanceof DatabaseAway) return { kind: 'away' };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'failed', message, storage: storageFaultOf(error) };
}

const detection = await readDetection(setup.set.texts);
const mark = new DetectionMark(setup.mark);
const cache = new CacheBudget(setup.cacheBytes);
const losses = new CorrelationLosses();
const risks = new AnomalyRisks();
const indicators = new TenantIndicators();
const agent = createLocalDetectionAgent({
  ...detection,
  watch: mark,
  sigma: { cache },
  losses,
  riskOf: (tenant) => risks.of(tenant),
  indicatorsOf: (tenant) => indicators.of(tenant),
});
const ciphers = new TenantCiphers(true);
const onDamage: DamageListener = (tenant, damage) => say({ say: 'damaged', tenant, damage });
const times = new StoreTimes();
const { store: opened, locks } = openThreadEvents(setup, ciphers, onDamage);
const store = measured(opened, times);
const trials = new AskedTrials((trial, batch) => say({ say: 'try', trial, batch }));
const recovery = new TenantRecovery(store, agent, agent, trials);
const requestTimes = new RequestTimes();
const processor = new BatchProcessor(store, agent, agent, shortTurns, requestTimes);
const lanes = new TenantLanes({ store, processor, recovery, locks }, agent, (tenant, error) => trouble('lane.failed', tenant, error));
const late = new LateInspection(
  { store, recovery, lanes },
  { detected: (tenant, pending) => say({ say: 'detected', tenant, pending }), trouble },
);
const shed = new ShedCounts(store);
setInterval(() => void shed.write().catch((error: unknown) => trouble('accounting.failed', null, error)), SHED_EVERY_MS).unref();
const loop = new EventLoopDelay();
const heap = new LiveHeap();
function sayVitals(): void {
  const vitals = {
    delay: loop.take(),
    heap: heap.read(),
    uninspectedSince: late.uninspectedSince,
    stored: times.take(),
    remembered: cache.spent,
    uncorrelated: losses.take(),
    untried: indicators.untried.take(),
    leftOut: agent.takeLeftOut(),
  };
  say({ say: 'vitals', vitals });
}
setInterval(sayVitals, VITALS_EVERY_MS).unref();
const desk = new PipelineDesk({
  store,
  lanes,
  shed,
  times: requestTimes,
  late,
  ciphers,
  mark,
  trials,
  risks,
  indicators,
  passing: new PassingInspection(agent, lanes, setup.maxEvents),
  prepared: new PreparedSubmissions(store, setup.maxEvents),
  rules: new ThreadRules(detection, agent),
  canaries: new CanaryInspection(agent),
});

parentPort?.on('message', ({ id, request }: NumberedRequest) => {
  desk.answer(request).then(
    (value) => say({ say: 'reply', id, value }),
    (error: unknown) => say({ say: 'fault', id, fault: faultOf(error) }),
  );
});
say({ say: 'ready' });
sayVitals();
