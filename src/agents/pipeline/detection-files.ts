import { existsSync } from 'node:fs';
import type { DetectionFiles } from '../../ada/adapters/gather-detection.js';
import type { Config } from '../../platform/config/config.js';

/** Where the rules and filters of a configuration are; the starter pack may have been removed. */
export function detectionFilesOf({ starterRules, rules, filters }: Pick<Config, 'starterRules' | 'rules' | 'filters'>): DetectionFiles {
  return { rules: [starterRules, ...rules].filter((path) => path !== starterRules || existsSync(path)), filters };
}
