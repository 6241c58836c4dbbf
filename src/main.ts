import { createApp } from './create-app.js';
import { EnvironmentError, processEnvironment, readConfig } from './platform/config/environment.js';
import { loadSecrets } from './platform/secrets/load-secrets.js';
import { TenantsFileError } from './platform/tenancy/tenants-file.js';
import { listen } from './platform/lifecycle/listen.js';

try {
  const env = processEnvironment();
  const config = readConfig(env);
  const app = await createApp(config, await loadSecrets(config, env));
  await listen(app, config);
} catch (error) {
  const text = error instanceof EnvironmentError || error instanceof TenantsFileError ? error.message : (error as Error).stack;
  process.stderr.write(`${text ?? String(error)}\n`);
  process.exit(1);
}
