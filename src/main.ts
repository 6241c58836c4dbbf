import { createApp } from './create-app.js';
import { EnvironmentError, processEnvironment, readConfig } from './platform/config/environment.js';
import { loadSecrets } from './platform/secrets/load-secrets.js';
import { StoreVersionError } from './platform/storage/migrations.js';
import { TenantsFileError } from './platform/tenancy/tenants-file.js';
import { TlsFilesError } from './platform/lifecycle/tls-files.js';
import { listen } from './platform/lifecycle/listen.js';

/** What the operator can set right by what the message says. */
function isPlain(error: unknown): error is Error {
  return [EnvironmentError, StoreVersionError, TenantsFileError, TlsFilesError].some((type) => error instanceof type);
}

try {
  const env = processEnvironment();
  const config = readConfig(env);
  const app = await createApp(config, await loadSecrets(config, env));
  await listen(app, config);
} catch (error) {
  const text = isPlain(error) ? error.message : (error as Error).stack;
  process.stderr.write(`${text ?? String(error)}\n`);
  process.exit(1);
}
