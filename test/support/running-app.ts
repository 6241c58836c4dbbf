import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { Type } from '@nestjs/common';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { configureHttp } from '../../src/create-app.js';
import type { Config } from '../../src/platform/config/config.js';
import { readConfig } from '../../src/platform/config/environment.js';
import { loadSecrets } from '../../src/platform/secrets/load-secrets.js';
import { BOOTSTRAP_FILE, noteBaseUrl, type BootstrapFile } from '../../src/platform/tenancy/bootstrap.js';
import { UNHURRIED } from './unhurried.js';

/** The real AppModule on a random port and a fresh data directory. */
export interface RunningApp {
  readonly app: NestExpressApplication;
  readonly config: Config;
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly bootstrap: BootstrapFile;
  /** A supertest agent. */
  readonly http: ReturnType<typeof supertest>;
  /** Bearer token of a bootstrap credential: `token('acme-corp', 'analyst')`, or `token('platform')`. */
  token(tenant: string, role?: string): Promise<string>;
  /** The API key of a bootstrap credential. */
  apiKey(tenant: string, role?: string): string;
  /** Closes the app and removes its data directory, unless `keep`. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

export interface StartOptions {
  readonly env?: Record<string, string>;
  readonly dataDir?: string;
  /** Modules beside the app's own. */
  readonly imports?: readonly Type[];
  readonly adjust?: (builder: TestingModuleBuilder, config: Config) => TestingModuleBuilder;
}

/** Starts the app as development does, but quiet, and with indicators compared with stored events where that is asked for alone. `env` overrides single variables; `dataDir` continues on an earlier one. */
export async function startApp(options: StartOptions = {}): Promise<RunningApp> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'gatra-test-'));
  const env = {
    ENVIRONMENT: 'development',
    PORT: '0',
    LOG_LEVEL: 'silent',
    GATRA_DATA_DIR: dataDir,
    INGEST_WORKERS: '1',
    RETRO_MATCH_DAYS: '0',
    ...UNHURRIED,
    ...options.env,
  };
  const config = readConfig(env);
  const imports = [AppModule.forRoot(config, await loadSecrets(config, env)), ...(options.imports ?? [])];
  const builder = Test.createTestingModule({ imports });
  const module = await (options.adjust?.(builder, config) ?? builder).compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttp(app, config);
  await app.listen(0, '127.0.0.1');
  const baseUrl = await app.getUrl();
  noteBaseUrl(dataDir, baseUrl);
  const bootstrap = JSON.parse(readFileSync(join(dataDir, BOOTSTRAP_FILE), 'utf8')) as BootstrapFile;
  const http = supertest(baseUrl);
  const apiKey = (tenant: string, role = ''): string => {
    const credential = tenant === 'platform' ? bootstrap.platform_admin : bootstrap.tenants[tenant]?.[role];
    if (!credential) throw new Error(`no such credential: ${tenant} ${role}`);
    return credential.api_key;
  };
  return {
    app,
    config,
    baseUrl,
    dataDir,
    bootstrap,
    http,
    apiKey,
    async token(tenant, role) {
      const answer = await http.post('/api/v1/auth/token').set('X-API-Key', apiKey(tenant, role)).expect(200);
      return String(answer.body.access_token);
    },
    async close({ keep = false } = {}) {
      await app.close();
      if (!keep) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
