import { AnomalyDetector, type RiskOf } from './domain/anomaly/anomaly-detector.js';
import type { DetectionWatch } from './domain/detection-watch.js';
import { IntelDetector, type IndicatorsOf } from './domain/intel/intel-detector.js';
import { DEFAULT_DETECTION_LIMITS } from './domain/order-detections.js';
import { CorrelationDetector } from './domain/sigma/correlation/correlation-detector.js';
import type { CorrelationLosses } from './domain/sigma/correlation/correlation-losses.js';
import type { LinkedCorrelation } from './domain/sigma/correlation/link-correlations.js';
import type { RuleFilters } from './domain/sigma/filters/rule-filters.js';
import { SigmaDetector } from './domain/sigma/sigma-detector.js';
import type { SigmaEngineOptions } from './domain/sigma/sigma-engine.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';
import { ObservedEvents } from './domain/statistical/observed-events.js';
import { StatisticalDetector } from './domain/statistical/statistical-detector.js';
import { LocalDetectionAgent } from './local-detection-agent.js';

export interface LocalDetectionAgentOptions {
  readonly rules: readonly SigmaRule[];
  /** Those that others refer to come first. */
  readonly correlations?: readonly LinkedCorrelation[];
  /** Ids of the rules that only serve correlations. */
  readonly quiet?: ReadonlySet<string>;
  /** What is left out of the matches of rules. */
  readonly suppressions?: RuleFilters;
  readonly sigma?: SigmaEngineOptions;
  /** Is told what correlations lose. */
  readonly losses?: CorrelationLosses;
  /** Which tenants anomaly detection is on for, and the risk they take; none by default. */
  readonly riskOf?: RiskOf;
  /** The indicators that events of a tenant are compared with; none by default. */
  readonly indicatorsOf?: IndicatorsOf;
  /** Is told while detectors are at work. */
  readonly watch?: DetectionWatch;
}

const nobody = (): undefined => undefined;

/**
 * ADA with the detectors that GATRA brings: Sigma rules, their correlations, indicators, statistics and anomalies. Made by hand, as it lives in worker
 * threads, outside of Nest.
 */
export function createLocalDetectionAgent(options: LocalDetectionAgentOptions): LocalDetectionAgent {
  const { rules, correlations = [], quiet, suppressions: filters, sigma, losses, riskOf = nobody, indicatorsOf = nobody } = options;
  const loud = quiet === undefined ? rules : rules.filter(({ id }) => !quiet.has(id));
  const observed = new ObservedEvents();
  const matchers = [new SigmaDetector(loud, { ...sigma, filters }), new IntelDetector(indicatorsOf)];
  const learning = [new StatisticalDetector(observed), new AnomalyDetector(riskOf, observed)];
  const correlating = new CorrelationDetector({ correlations, rules, quiet, filters, sigma, losses });
  return new LocalDetectionAgent([...matchers, ...learning, correlating], DEFAULT_DETECTION_LIMITS, options.watch);
}
