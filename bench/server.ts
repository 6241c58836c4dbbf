import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { START_FLAGS } from '../test/support/start-flags.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TENANT = 'acme-corp';
/** Indicators sent at once. */
const BUNDLE = 1_000;

interface Credential {
  readonly api_key: string;
}

/** The built app as a process of its own. */
export interface Server {
  readonly pid: number;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The collector's key of each tenant. */
  readonly collectors: readonly string[];
  /** Headers that sign in as a role of the tenant. */
  bearer(role: string): Promise<Record<string, string>>;
  /** Gives the tenant so many indicators, none of which is in any event. */
  loadIndicators(count: number): Promise<void>;
  /** Events of today that are not accounted for. */
  remainder(): Promise<number>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly dataDir: string;
  /** Rules besides the starter pack. */
  readonly rules: string | undefined;
  readonly workers: string | undefined;
  /** Directory for CPU profiles. */
  readonly cpuProfile: string | undefined;
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the app on a data directory of its own. @throws Error with the app's last words where it does not start. */
export async function startServer({ dataDir, rules, workers, cpuProfile, env: more }: ServerOptions): Promise<Server> {
  const env = {
    ...process.env,
    ENVIRONMENT: 'development',
    PORT: '0',
    HOST: '127.0.0.1',
    GATRA_DATA_DIR: dataDir,
    // What is measured is not to be compared with new indicators meanwhile.
    RETRO_MATCH_DAYS: '0',
    ...(rules === undefined ? {} : { GATRA_RULES: rules }),
    ...(workers === undefined ? {} : { INGEST_WORKERS: workers }),
    ...more,
  };
  const profile = cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`];
  const child = spawn(process.execPath, [...START_FLAGS, ...profile, MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const baseUrl = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the app did not start')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as { event?: string; base_url?: string; level?: string };
      if (entry.event === 'listening' && entry.base_url) resolve(entry.base_url);
      else if (entry.level === 'error') process.stderr.write(`${line}\n`);
    });
  });
  const bootstrap = JSON.parse(readFileSync(join(dataDir, 'bootstrap.json'), 'utf8')) as {
    tenants: Record<string, Record<string, Credential>>;
  };
  const keyOf = (role: string): string => bootstrap.tenants[TENANT]?.[role]?.api_key ?? '';
  const bearer = async (role: string): Promise<Record<string, string>> => {
    const exchange = await fetch(`${baseUrl}/api/v1/auth/token`, { method: 'POST', headers: { 'X-API-Key': keyOf(role) } });
    const { access_token: token } = (await exchange.json()) as { access_token: string };
    return { Authorization: `Bearer ${token}` };
  };
  return {
    pid: child.pid ?? 0,
    baseUrl,
    apiKey: keyOf('collector'),
    collectors: Object.values(bootstrap.tenants).map((roles) => roles['collector']?.api_key ?? ''),
    bearer,
    async loadIndicators(count) {
      const headers = { ...(await bearer('analyst')), 'content-type': 'application/json' };
      for (let from = 0; from < count; from += BUNDLE) {
        const body = JSON.stringify(bundleOf(from, Math.min(count, from + BUNDLE)));
        const answer = await fetch(`${baseUrl}/api/v1/intel/indicators`, { method: 'POST', headers, body });
        if (!answer.ok) throw new Error(`indicators were answered ${answer.status}: ${await answer.text()}`);
      }
    },
    async remainder() {
      const answer = await fetch(`${baseUrl}/api/v1/accounting`, { headers: await bearer('viewer') });
      return ((await answer.json()) as { remainder: number }).remainder;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** STIX indicators of domains, by number. */
function bundleOf(from: number, to: number): object {
  const objects = Array.from({ length: to - from }, (_, n) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${(from + n).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    pattern: `[domain-name:value = 'host-${from + n}.bad.example']`,
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
  }));
  return { type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects };
}
