import type { Detection } from '../../../contracts/detection.js';
import type { Entity } from '../../../contracts/entity.js';
import type { EventIndicators, SeenIndicator } from '../../../contracts/event-indicators.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { Severity } from '../../../contracts/severity.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { type BatchHead, Detector } from '../detector.js';
import { printable } from '../printable.js';

/** The indicators in force for a tenant; `undefined` where it has none. */
export type IndicatorsOf = (tenant: TenantId) => EventIndicators | undefined;

const MAX_NAME = 120;
const MAX_VALUE = 200;
const SURE = 0.8;
const LIKELY = 0.5;

/** Finds events that show an indicator of compromise. What is in force is whoever gives the indicators to say; it learns nothing. */
export class IntelDetector extends Detector {
  readonly kind = 'intel';

  constructor(private readonly indicatorsOf: IndicatorsOf) {
    super();
  }

  init(): void {
    // The indicators are made elsewhere.
  }

  inspect(tenant: TenantId, events: readonly SecurityEvent[], { received_at }: BatchHead): Detection[] {
    const indicators = this.indicatorsOf(tenant);
    if (indicators === undefined) return [];
    const until = Date.parse(received_at);
    const detections: Detection[] = [];
    for (const event of events) {
      for (const seen of indicators.match(event, until)) detections.push(toDetection(seen, event));
    }
    return detections;
  }

  snapshot(): null {
    return null;
  }

  restore(): void {
    // Nothing is learned.
  }

  destroy(): void {
    // Nothing is held.
  }
}

/** The indicator stands where a rule does: what is learned from feedback about its matches is learned about it. */
function toDetection(seen: SeenIndicator, event: SecurityEvent): Detection {
  const { indicator_id: id, name, source, confidence, tlp } = seen;
  const severity = severityOf(confidence);
  return {
    detector: 'intel',
    rule: { id, title: `Indicator seen: ${printable(name, MAX_NAME)}`, author: source, level: severity, license: '' },
    severity,
    event_index: event.index,
    event_time: event.normalized.time,
    entities: withEntity(event.entities, seen.entity),
    techniques: [],
    tactics: [],
    reason: reasonFor(seen, event),
    indicator_confidence: confidence,
    ...(tlp === undefined ? {} : { indicator_tlp: tlp }),
  };
}

function severityOf(confidence: number): Severity {
  return confidence >= SURE ? 'high' : confidence >= LIKELY ? 'medium' : 'low';
}

function withEntity(entities: readonly Entity[], entity: Entity | undefined): readonly Entity[] {
  if (entity === undefined || entities.some(({ type, value }) => type === entity.type && value === entity.value)) return entities;
  return [...entities, entity];
}

function reasonFor({ kind, value, name, source, confidence, tlp }: SeenIndicator, event: SecurityEvent): string {
  const { host } = event.normalized;
  const place = host === undefined ? '' : ` on ${printable(host, MAX_NAME)}`;
  const marking = tlp === undefined ? '' : `, TLP:${tlp.toUpperCase()}`;
  const what = kind === 'pattern' ? `an event${place} with "${printable(value, MAX_VALUE)}" matches the pattern` : `${kind.replaceAll('_', ' ')} "${printable(value, MAX_VALUE)}"${place} is an indicator`; // prettier-ignore
  return `${what} "${printable(name, MAX_NAME)}" of ${printable(source, MAX_NAME)}, confidence ${Math.round(confidence * 100)} %${marking}`;
}
