import { createApp } from './create-app.js';
import { processEnvironment, readConfig } from './platform/config/environment.js';
import { EnvironmentError } from './platform/config/variable-reader.js';
import { loadSecrets } from './platform/secrets/load-secrets.js';
import { PostgresRefused } from './platform/storage/postgres/check-role.js';
import { PlatformLostError } from './platform/storage/refuse-lost-platform.js';
import { StoreVersionError } from './platform/storage/migrations.js';
import { TenantsFileError } from './platform/tenancy/tenants-file.js';
import { TlsFilesError } from './platform/lifecycle/tls-files.js';
import { listen } from './platform/lifecycle/listen.js';
import type { StopSignals } from './platform/lifecycle/stop-signals.js';

/** Starts the app and serves until a signal; a start that fails, or that is asked to stop, ends the process. */
export async function serve(signals: StopSignals): Promise<void> {
  try {
    const env = processEnvironment();
    const config = readConfig(env);
    const secrets = await loadSecrets(config, env);
    if (signals.early) process.exit(0);
    const app = await createApp(config, secrets);
    if (!signals.early) await listen(app, config, signals);
    else await app.close().then(() => process.exit(0));
  } catch (error) {
    const text = isPlain(error) ? error.message : (error as Error).stack;
    process.stderr.write(`${text ?? String(error)}\n`);
    process.exit(1);
  }
}

/** What the operator can set right by what the message says. */
function isPlain(error: unknown): error is Error {
  return [EnvironmentError, StoreVersionError, PlatformLostError, PostgresRefused, TenantsFileError, TlsFilesError].some(
    (type) => error instanceof type,
  );
}
