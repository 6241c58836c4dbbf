import { resolve } from 'node:path';
import { readCloudEndpoint } from './cloud-endpoint.js';
import type { Config } from './config.js';
import type { VariableReader } from './variable-reader.js';

const MANAGER_REFRESH_SECONDS = 60;
const FILE_REFRESH_SECONDS = 2;
/** What reading and clocks may differ by, over instances. */
const MARGIN_SECONDS = 5;

/** Reads what says where secrets are and how they change. */
export function readSecretsConfig(reader: VariableReader, environment: Config['environment'], dataDir: string): Config['secrets'] {
  const project = reader.pattern('GCP_SECRET_MANAGER_PROJECT', /^[a-z0-9:.-]{1,63}$/, 'the id of a project');
  const prefix = reader.pattern('GCP_SECRET_MANAGER_PREFIX', /^[A-Za-z0-9_-]{1,200}$/, 'letters, digits, _ and -');
  const endpoint = readCloudEndpoint(reader, 'GCP_SECRET_MANAGER_ENDPOINT', environment);
  const refreshSeconds = reader.integer('SECRETS_REFRESH_SECONDS', project ? MANAGER_REFRESH_SECONDS : FILE_REFRESH_SECONDS, 1, 3_600);
  return {
    file: resolve(reader.text('GATRA_SECRETS_FILE', resolve(dataDir, 'secrets.json'))),
    refreshSeconds,
    activationSeconds: reader.integer('SECRETS_ACTIVATION_SECONDS', 2 * refreshSeconds + MARGIN_SECONDS, refreshSeconds + 1, 86_400),
    rotationDays: reader.integer('SECRETS_ROTATION_DAYS', 0, 0, 3_650),
    manager: project === '' ? null : { project, prefix, endpoint },
  };
}
