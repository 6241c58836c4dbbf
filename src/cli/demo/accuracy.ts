import type { Alert } from '../../contracts/alert.js';
import type { EventLabel, IntrusionStep } from './generator/generated-event.js';

/** How well alerts agree with the truth. */
export interface Accuracy {
  /** Share of alerts of at least this severity that are about the intrusion. */
  readonly precision: { readonly all: Ratio; readonly highAndCritical: Ratio };
  /** Steps of the intrusion with at least one alert. */
  readonly steps: Ratio;
  readonly missed: readonly IntrusionStep[];
}

export interface Ratio {
  readonly of: number;
  readonly hits: number;
}

/**
 * Compares alerts with the labels of the events they name as evidence.
 * @param attackEvents labels of the intrusion's events, by event id.
 */
export function measureAccuracy(
  alerts: readonly Alert[],
  attackEvents: ReadonlyMap<string, EventLabel>,
  steps: readonly IntrusionStep[],
): Accuracy {
  const isTrue = (alert: Alert): boolean => alert.evidence.some((event) => attackEvents.has(event));
  const grave = alerts.filter((alert) => alert.severity === 'high' || alert.severity === 'critical');
  const seen = new Set(alerts.flatMap((alert) => alert.evidence.map((event) => attackEvents.get(event)?.step)));
  const missed = steps.filter(({ step }) => !seen.has(step));
  return {
    precision: {
      all: { of: alerts.length, hits: alerts.filter(isTrue).length },
      highAndCritical: { of: grave.length, hits: grave.filter(isTrue).length },
    },
    steps: { of: steps.length, hits: steps.length - missed.length },
    missed,
  };
}
