/** The built app, which on SIGUSR2 does what no code catches. Which it is, `FAULT` says. */
import { EventEmitter } from 'node:events';
import { PipelinePool } from '../../dist/agents/pipeline/pipeline-pool.js';
import { createApp } from '../../dist/create-app.js';
import { readConfig } from '../../dist/platform/config/environment.js';
import { listen } from '../../dist/platform/lifecycle/listen.js';
import { StopSignals } from '../../dist/platform/lifecycle/stop-signals.js';
import { loadSecrets } from '../../dist/platform/secrets/load-secrets.js';
import { Databases } from '../../dist/platform/storage/databases.js';

const FAULTS = {
  timer: () => setTimeout(() => JSON.parse('no json at /var/lib/secret-path'), 0),
  stream: () => new EventEmitter().emit('error', new Error('a stream failed')),
  rejection: () => void Promise.reject(new TypeError('nobody waits for this')),
  database: (app) => void app.get(Databases).thread.worker.terminate(),
  worker: (app) => void app.get(PipelinePool).threads[0].worker.terminate(),
};

const config = readConfig(process.env);
const app = await createApp(config, await loadSecrets(config, process.env));
process.on('SIGUSR2', () => FAULTS[process.env.FAULT](app));
await listen(app, config, StopSignals.install());
