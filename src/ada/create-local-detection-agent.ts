import { SigmaDetector } from './domain/sigma/sigma-detector.js';
import type { SigmaEngineOptions } from './domain/sigma/sigma-engine.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';
import { StatisticalDetector } from './domain/statistical/statistical-detector.js';
import { LocalDetectionAgent } from './local-detection-agent.js';

export interface LocalDetectionAgentOptions {
  readonly rules: readonly SigmaRule[];
  readonly sigma?: SigmaEngineOptions;
}

/** ADA with the detectors that GATRA brings: Sigma rules and statistics. Made by hand, as it lives in worker threads, outside of Nest. */
export function createLocalDetectionAgent(options: LocalDetectionAgentOptions): LocalDetectionAgent {
  return new LocalDetectionAgent([new SigmaDetector(options.rules, options.sigma), new StatisticalDetector()]);
}
