import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { arrivalOf } from '../arrival.js';
import type { BatchHead } from '../detector.js';
import { LearningDetector, type Lesson } from '../learning-detector.js';
import { ObservedEvents } from '../statistical/observed-events.js';
import { type AnomalyFinding, foremostFirst, toDetection } from './anomaly-finding.js';
import { evidenceOf } from './finding-evidence.js';
import { TenantAnomalies } from './tenant-anomalies.js';

/** Tells how much risk of a false alarm a tenant takes: the chance below which a score counts as anomalous; `undefined` where it is not watched. */
export type RiskOf = (tenant: TenantId) => number | undefined;

const VERSION = 0x414e_4f01;
const HEADER_BYTES = 8;
const NOT_WATCHED: Lesson = { take: () => undefined, end: () => [] };

/**
 * Finds what is unusual in each tenant against that tenant's own past: bursts of typed edges (MIDAS-F), entities that behave unlike the others
 * (half-space forest), and unusual numbers of events (series with their times of day), each by SPOT with the one risk of the tenant. It learns
 * before it speaks, keeps to a budget of one detection per 1,000 events, and says one thing per subject and batch. Everything goes by event time
 * and in the order of batches, so that a replay gives the same. Nothing is held of tenants that are not watched.
 */
export class AnomalyDetector extends LearningDetector {
  readonly kind = 'anomaly';
  private readonly tenants = new Map<TenantId, TenantAnomalies>();

  /** @param observed may be shared with other detectors. */
  constructor(
    private readonly riskOf: RiskOf,
    private readonly observed = new ObservedEvents(),
  ) {
    super();
  }

  init(): void {
    this.tenants.clear();
  }

  begin(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): Lesson {
    const risk = this.riskOf(tenant);
    if (risk === undefined) {
      this.tenants.delete(tenant);
      return NOT_WATCHED;
    }
    const anomalies = this.stateOf(tenant);
    const arrival = arrivalOf(batch);
    anomalies.enter(events, arrival);
    const findings: AnomalyFinding[] = [];
    return {
      take: (some) => {
        for (const event of some) {
          const finding = anomalies.inspect(event, this.observed.of(event), risk);
          if (finding !== undefined) findings.push(finding);
        }
      },
      end: () =>
        anomalies.budget
          .admit(findings, foremostFirst)
          .map((finding) => toDetection(finding, batch.batch_id, evidenceOf(finding, events, this.observed, arrival))),
    };
  }

  rarityOf(): undefined {
    return undefined;
  }

  snapshot(tenant: TenantId): Uint8Array | null {
    const anomalies = this.tenants.get(tenant);
    if (anomalies === undefined) return null;
    const bytes = new Uint8Array(HEADER_BYTES + anomalies.kept.byteLength);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, VERSION, true);
    view.setUint32(4, bytes.length, true);
    anomalies.kept.write(view, HEADER_BYTES);
    return bytes;
  }

  restore(tenant: TenantId, snapshot: Uint8Array): void {
    this.tenants.delete(tenant);
    const anomalies = new TenantAnomalies(tenant);
    const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
    if (snapshot.length !== HEADER_BYTES + anomalies.kept.byteLength) return;
    if (view.getUint32(0, true) !== VERSION || view.getUint32(4, true) !== snapshot.length) return;
    anomalies.kept.read(view, HEADER_BYTES);
    this.tenants.set(tenant, anomalies);
  }

  forget(tenant: TenantId): void {
    this.tenants.delete(tenant);
  }

  destroy(): void {
    this.tenants.clear();
  }

  private stateOf(tenant: TenantId): TenantAnomalies {
    let anomalies = this.tenants.get(tenant);
    if (anomalies === undefined) this.tenants.set(tenant, (anomalies = new TenantAnomalies(tenant)));
    return anomalies;
  }
}
