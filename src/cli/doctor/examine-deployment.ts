import type { BootstrapFile } from '../../platform/tenancy/bootstrap.js';
import { DeploymentObserver } from './observe-deployment.js';
import { judgeAll, type Check } from './rules/check.js';
import { DEPLOYMENT_RULES } from './rules/deployment-rules.js';
import { SETTINGS_RULES } from './rules/settings-rules.js';

/** What a running deployment shows, and the settings that are in force there. */
export async function examineDeployment(url: string, credentials: BootstrapFile): Promise<readonly Check[]> {
  const observer = new DeploymentObserver(url.replace(/\/$/, ''), credentials);
  return [...judgeAll(SETTINGS_RULES, await observer.settings()), ...judgeAll(DEPLOYMENT_RULES, await observer.facts())];
}
