import { Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest, { type Test as Request } from 'supertest';
import type { ContainmentAction } from '../../src/contracts/containment.js';
import type { Incident } from '../../src/contracts/incident.js';
import { databaseSteps } from '../../src/database-steps.js';
import { IncidentReader } from '../../src/contracts/incident-reader.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { CraModule } from '../../src/cra/cra.module.js';
import { LocalContainmentAgent } from '../../src/cra/local-containment-agent.js';
import { configureHttp } from '../../src/create-app.js';
import { readConfig } from '../../src/platform/config/environment.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { loadSecrets } from '../../src/platform/secrets/load-secrets.js';
import { BOOTSTRAP_FILE, type BootstrapFile } from '../../src/platform/tenancy/bootstrap.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import { FakeIncidents } from './containment-rig.js';

const incidents = new FakeIncidents();

@Global()
@Module({ providers: [{ provide: IncidentReader, useValue: incidents }], exports: [IncidentReader] })
class IncidentsModule {}

/** The real door and the real containment module; incidents are put in by hand. */
export interface ContainmentApp {
  readonly app: NestExpressApplication;
  readonly http: ReturnType<typeof supertest>;
  put(incident: Incident): Incident;
  /** Has the agent respond to an incident, as the orchestrator does, and runs what is due. */
  respond(incident: Incident): Promise<readonly ContainmentAction[]>;
  /** Runs what is due. */
  work(tenant: string): Promise<void>;
  get(path: string, role: string, tenant?: string): Request;
  post(path: string, role: string, body: object, tenant?: string): Request;
  /** The API key of a bootstrap credential. */
  apiKey(tenant: string, role: string): string;
  close(): Promise<void>;
}

/** Starts the app on a random port and a fresh data directory; roles are those of the bootstrap file. */
export async function startContainmentApp(env: Record<string, string> = {}): Promise<ContainmentApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-cra-app-'));
  const environment = { ENVIRONMENT: 'development', PORT: '0', LOG_LEVEL: 'silent', GATRA_DATA_DIR: dataDir, ...env };
  const config = readConfig(environment);
  const platform = PlatformModule.forRoot({ config, secrets: await loadSecrets(config, environment), steps: databaseSteps });
  const module = await Test.createTestingModule({ imports: [platform, IncidentsModule, CraModule] }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttp(app, config);
  await app.listen(0, '127.0.0.1');
  const http = supertest(await app.getUrl());
  const { tenants } = JSON.parse(readFileSync(join(dataDir, BOOTSTRAP_FILE), 'utf8')) as BootstrapFile;
  const tokens = new Map<string, string>();
  for (const [tenant, roles] of Object.entries(tenants)) {
    for (const [role, { api_key: key }] of Object.entries(roles)) {
      const answer = await http.post('/api/v1/auth/token').set('X-API-Key', key).expect(200);
      tokens.set(`${tenant}/${role}`, `Bearer ${String(answer.body.access_token)}`);
    }
  }
  const authorization = (tenant: string, role: string): string => tokens.get(`${tenant}/${role}`) ?? '';
  const work = async (tenant: string): Promise<void> => {
    const runner = app.get(WorkRunner);
    runner.wake(toTenantId(tenant));
    await runner.idle(toTenantId(tenant));
  };
  return {
    app,
    http,
    work,
    put: (incident) => incidents.put(incident),
    async respond(incident) {
      incidents.put(incident);
      const { actions } = await app.get(LocalContainmentAgent).respond(incident.tenant_id, incident);
      await work(incident.tenant_id);
      return actions;
    },
    apiKey: (tenant, role) => tenants[tenant]?.[role]?.api_key ?? '',
    get: (path, role, tenant = 'acme-corp') => http.get(path).set('Authorization', authorization(tenant, role)),
    post: (path, role, body, tenant = 'acme-corp') => http.post(path).set('Authorization', authorization(tenant, role)).send(body),
    async close() {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
