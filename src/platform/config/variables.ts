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
const GROUPS = ['CIRCUIT_BREAKER', 'RETRY', 'BULKHEAD', 'OUTBOUND'].flatMap((group) =>
  KINDS.map((kind) => [`${group}_${kind}_`, `${group}_`] as const),
);

/**
 * The variable that a name is read as: its own, one kind's (`RETRY_WEBHOOK_MAX_ATTEMPTS`), or the next or previous value of a secret
 * (`JWT_SECRET_NEXT`); undefined where nothing reads it.
 */
export function variableNamed(name: string): Variable | undefined {
  const [prefix = '', group = ''] = GROUPS.find(([ofOne]) => name.startsWith(ofOne)) ?? [];
  const own = VARIABLES.find((variable) => variable.name === name);
  const ofKind = VARIABLES.find((variable) => variable.perKind && variable.name === group + name.slice(prefix.length));
  return own ?? ofKind ?? VARIABLES.find((variable) => variable.secret && variable.name === name.replace(/_(NEXT|PREVIOUS)$/, ''));
}
