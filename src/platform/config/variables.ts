import { DEPENDENCY_KINDS } from '../resilience/policy-settings.js';
import { CLOUD_VARIABLES } from './variables/cloud-variables.js';
import { LIMIT_VARIABLES } from './variables/limit-variables.js';
import { PROCESS_VARIABLES } from './variables/process-variables.js';
import { SECRET_VARIABLES } from './variables/secret-variables.js';
import { SERVICE_VARIABLES } from './variables/service-variables.js';
import { STORE_VARIABLES } from './variables/store-variables.js';
import { TELEMETRY_VARIABLES } from './variables/telemetry-variables.js';
import type { Variable } from './variables/variable.js';

/** Every environment variable that is read, in the order of the documents. */
export const VARIABLES: readonly Variable[] = [
  ...PROCESS_VARIABLES,
  ...SECRET_VARIABLES,
  ...STORE_VARIABLES,
  ...LIMIT_VARIABLES,
  ...SERVICE_VARIABLES,
  ...TELEMETRY_VARIABLES,
  ...CLOUD_VARIABLES,
];

const KINDS = DEPENDENCY_KINDS.map((kind) => kind.toUpperCase().replaceAll('-', '_'));
const OF_A_KIND = new RegExp(`^(CIRCUIT_BREAKER|RETRY|BULKHEAD|OUTBOUND)_(?:${KINDS.join('|')})_`);

/**
 * The variable that a name is read as: its own, one kind's (`RETRY_WEBHOOK_MAX_ATTEMPTS`), or the next or previous value of a secret
 * (`JWT_SECRET_NEXT`); undefined where nothing reads it.
 */
export function variableNamed(name: string): Variable | undefined {
  const own = VARIABLES.find((variable) => variable.name === name);
  const ofKind = VARIABLES.find((variable) => variable.perKind && variable.name === name.replace(OF_A_KIND, '$1_'));
  return own ?? ofKind ?? VARIABLES.find((variable) => variable.secret && variable.name === name.replace(/_(NEXT|PREVIOUS)$/, ''));
}
