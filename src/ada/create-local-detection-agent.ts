import { AnomalyDetector, type RiskOf } from './domain/anomaly/anomaly-detector.js';
import type { DetectionWatch } from './domain/detection-watch.js';
import { DEFAULT_DETECTION_LIMITS } from './domain/order-detections.js';
import { SigmaDetector } from './domain/sigma/sigma-detector.js';
import type { SigmaEngineOptions } from './domain/sigma/sigma-engine.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';
import { StatisticalDetector } from './domain/statistical/statistical-detector.js';
import { LocalDetectionAgent } from './local-detection-agent.js';

export interface LocalDetectionAgentOptions {
  readonly rules: readonly SigmaRule[];
  readonly sigma?: SigmaEngineOptions;
  /** Which tenants anomaly detection is on for, and the risk they take; none by default. */
  readonly riskOf?: RiskOf;
  /** Is told while detectors are at work. */
  readonly watch?: DetectionWatch;
}

const nobody: RiskOf = () => undefined;

/** ADA with the detectors that GATRA brings: Sigma rules, statistics and anomalies. Made by hand, as it lives in worker threads, outside of Nest. */
export function createLocalDetectionAgent(options: LocalDetectionAgentOptions): LocalDetectionAgent {
  const detectors = [
    new SigmaDetector(options.rules, options.sigma),
    new StatisticalDetector(),
    new AnomalyDetector(options.riskOf ?? nobody),
  ];
  return new LocalDetectionAgent(detectors, DEFAULT_DETECTION_LIMITS, options.watch);
}
