import type { Detection } from '../../../../contracts/detection.js';
import type { SecurityEvent } from '../../../../contracts/security-event.js';
import { printable } from '../../printable.js';
import type { CorrelationType } from './correlation-rule.js';
import type { LinkedCorrelation } from './link-correlations.js';
import type { EventRef } from './sighting.js';
import { inWords, largestOf } from './threshold.js';

/** A correlation that fired, and all that is told of it. */
export interface CorrelationFinding {
  readonly correlation: LinkedCorrelation;
  /** The event at which it fired. */
  readonly event: SecurityEvent;
  /** Fields that events were grouped by, and the group's values. */
  readonly group: ReadonlyMap<string, string>;
  readonly measure: number;
  /** Times of the oldest and of the newest event counted, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Oldest first. */
  readonly evidence: readonly EventRef[];
}

const MAX_TITLE = 120;
const MAX_VALUE = 120;
const DIGITS = 1_000;

/** The finding as a detection at the event at which the correlation fired, with a sentence that says what was counted, of whom, and when. */
export function toDetection(finding: CorrelationFinding): Detection {
  const { correlation, event, evidence } = finding;
  const { rule, reference } = correlation;
  return {
    detector: 'sigma',
    rule: reference,
    severity: reference.level,
    event_index: event.index,
    event_time: event.normalized.time,
    entities: event.entities,
    techniques: rule.techniques,
    tactics: rule.tactics,
    reason: reasonFor(finding),
    evidence: evidence.map(({ batch, index }) => `${batch}.${index}`),
  };
}

const COUNTED: Readonly<Record<CorrelationType, (fields: string, percentile: number | undefined) => string>> = {
  event_count: () => 'events',
  value_count: (fields) => `different values of ${fields}`,
  value_sum: (fields) => `as the sum of ${fields}`,
  value_avg: (fields) => `as the average of ${fields}`,
  value_percentile: (fields, percentile) =>
    percentile === undefined ? `% of events with this value of ${fields}` : `as percentile ${percentile} of ${fields}`,
  temporal: () => 'of its rules matched',
  temporal_ordered: () => 'of its rules matched in their order',
};

function reasonFor({ correlation: { rule }, group, measure, from, to }: CorrelationFinding): string {
  const counted = COUNTED[rule.type](printable(rule.fields.join(', '), MAX_VALUE), rule.percentile);
  const whose = [...group].map(([field, value]) => `${printable(field, MAX_VALUE)} "${printable(value, MAX_VALUE)}"`).join(', ');
  const number = counts(rule.type) && measure > largestOf(rule.threshold) ? `more than ${measure - 1}` : `${round(measure)}`;
  const times = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  const title = printable(rule.title, MAX_TITLE);
  const asked = `${inWords(rule.threshold)} within ${rule.timespanText} asked for`;
  return `${title}: ${number} ${counted}${whose === '' ? '' : ` for ${whose}`}, from ${times} (${asked})`;
}

function counts(type: CorrelationType): boolean {
  return type === 'event_count' || type === 'value_count';
}

function round(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}
