import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readConfig } from '../../src/platform/config/environment.js';
import { EnvironmentError } from '../../src/platform/config/variable-reader.js';
import type { Config } from '../../src/platform/config/config.js';
import { findPostgres, loadSecrets } from '../../src/platform/secrets/load-secrets.js';
import { readTenantsFile } from '../../src/platform/tenancy/tenants-file.js';
import { variableNamed } from '../../src/platform/config/variables.js';
import { describeWith } from '../support/redis-server.js';
import { containersOf, ofKind, podsOf, serverPods, settingsOf, type Container, type Manifest } from './manifest.js';
import { OVERLAYS, render } from './render.js';
import { only } from './rule.js';

/** Where pods find the certificates of authorities. */
const AUTHORITIES = '/etc/gatra/authorities';
const OVER_TLS = `?sslmode=verify-full&sslrootcert=${AUTHORITIES}/ca.crt`;
/** Secrets as an operator makes them. */
const VALUES: Readonly<Record<string, string>> = {
  JWT_SECRET: randomBytes(32).toString('hex'),
  SERVICE_API_KEY: randomBytes(32).toString('hex'),
  API_KEY_PEPPER: randomBytes(32).toString('hex'),
  DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  DATABASE_URL: `postgres://gatra_app:word@db.example/gatra${OVER_TLS}`,
  DATABASE_MIGRATION_URL: `postgres://gatra_owner:word@db.example/gatra${OVER_TLS}`,
  REDIS_URL: 'rediss://gatra:word@redis.example:6379',
};
const SERVICES = ['mssp', 'taa', 'cra', 'cla'] as const;

function referencesOf({ env = [] }: Container): readonly string[] {
  return env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef === undefined ? [] : [valueFrom.secretKeyRef.key]));
}

/** The container that runs the program with the platform's settings. */
function programOf(manifests: readonly Manifest[], workload: string): Container {
  const pod = podsOf(manifests).filter(({ of }) => of === workload);
  return only(containersOf(only(pod).spec).filter(({ envFrom = [] }) => envFrom.length > 0));
}

describeWith(['kubectl'], 'the environment of a process on Kubernetes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-kubernetes-'));
  beforeAll(() => writeFileSync(join(directory, 'ca.crt'), rootCertificates[0] ?? ''));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** What a process finds in its environment, with the certificates where this machine has them. */
  const environmentOf = (manifests: readonly Manifest[], container: Container): Record<string, string> => {
    const secrets = referencesOf(container).map((name) => [name, VALUES[name] ?? 'unknown'] as const);
    const all = { ...settingsOf(manifests, container), ...Object.fromEntries(secrets) };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.replaceAll(AUTHORITIES, directory)]));
  };

  it.each(OVERLAYS)('R61 R62 of %s has variables that the app reads, and no other', (overlay) => {
    const manifests = render(overlay);
    const containers = podsOf(manifests).flatMap(({ spec }) => containersOf(spec));
    const set = containers.flatMap((container) => [...Object.keys(settingsOf(manifests, container)), ...referencesOf(container)]);
    expect(set.length).toBeGreaterThan(50);
    expect(set.filter((name) => variableNamed(name) === undefined)).toEqual([]);
    expect(
      containers
        .flatMap(({ env = [] }) =>
          env.filter(({ valueFrom }) => valueFrom).map(({ name, valueFrom }) => [name, valueFrom?.secretKeyRef?.key]),
        )
        .filter(([name, key]) => name !== key),
    ).toEqual([]);
  });

  describe.each(OVERLAYS)('of %s', (overlay) => {
    const configOf = (workload: string): Config => {
      const manifests = render(overlay);
      return readConfig(environmentOf(manifests, programOf(manifests, workload)));
    };

    it.each(SERVICES)('R61 makes a process %s, and nothing else', (service) => {
      const config = configOf(`Deployment gatra-${service}`);
      const url = (other: string): string | null => (service === 'mssp' ? `http://gatra-${other}:8080` : null);
      expect(config).toMatchObject({
        environment: 'production',
        roles: service === 'mssp' ? ['mssp', 'ada'] : [service],
        service: { name: service, senders: service === 'mssp' ? ['mssp', 'ada', 'taa', 'cra', 'cla'] : ['mssp'] },
        agents: { taaUrl: url('taa'), craUrl: url('cra'), claUrl: url('cla') },
        events: { store: 'postgres' },
        database: { allowPlaintext: false },
        redis: { allowPlaintext: false },
      });
    });

    it('R61 names ports, services and files that are there', () => {
      const manifests = render(overlay);
      for (const { spec } of serverPods(manifests)) {
        const container = only(spec.containers);
        const config = readConfig(environmentOf(manifests, container));
        const ports = Object.fromEntries((container.ports ?? []).map(({ name, containerPort }) => [name, containerPort]));
        expect(ports).toEqual({ http: config.http.port, metrics: config.metrics.port });
        expect(config.http.host).toBe('0.0.0.0');
        const mounts = new Map((container.volumeMounts ?? []).map(({ mountPath, name }) => [mountPath, name]));
        expect(mounts.get(config.dataDir)).toBe('data');
        expect(config.tenantsFile).toBe('/etc/gatra/tenants/gatra_multitenant_config.json');
        expect(mounts.get('/etc/gatra/tenants')).toBe('tenants');
        expect(mounts.get(AUTHORITIES)).toBe('authorities');
        const services = ofKind(manifests, 'Service').map(
          ({ metadata, spec: { ports: open = [] } = {} }) => `http://${metadata.name}:${open[0]?.port}`,
        );
        for (const url of Object.values(config.agents)) if (url !== null) expect(services).toContain(url);
      }
    });

    it('R61 R23 has a tenants file that the app takes', () => {
      const file = join(directory, `${overlay}.json`);
      const map = only(ofKind(render(overlay), 'ConfigMap').filter(({ metadata }) => metadata.name === 'gatra-tenants'));
      writeFileSync(file, only(Object.values(map.data ?? {})));
      expect(readTenantsFile(file).map(({ tenant_id: id }) => id)).toEqual(overlay === 'tenant-namespace' ? ['acme-corp'] : []);
    });

    it('R61 runs the release that the package names', () => {
      const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
      expect(only(only(serverPods(render(overlay))).spec.containers).image).toMatch(new RegExp(`/gatra:${version}$`));
    });
  });

  it.each(['on-premises', 'tenant-namespace'])('R61 R11 of %s has every secret that is needed, and stops without', async (overlay) => {
    const manifests = render(overlay);
    for (const workload of [...SERVICES.map((service) => `Deployment gatra-${service}`), 'CronJob gatra-bootstrap']) {
      const container = programOf(manifests, workload);
      const env = environmentOf(manifests, container);
      const secrets = await loadSecrets(readConfig(env), env);
      expect(secrets).toMatchObject({ postgres: { owner: null }, redis: { kind: 'server' }, dataEncryptionKey: expect.anything() });
      await secrets.keeper.close();
      const without = settingsOf(manifests, container);
      await expect(loadSecrets(readConfig(without), without)).rejects.toThrow(EnvironmentError);
    }
    const filled = ofKind(manifests, 'ExternalSecret').flatMap((secret) =>
      [...JSON.stringify(secret).matchAll(/"secretKey":"(\w+)"/g)].map(([, name]) => name),
    );
    expect(new Set(filled)).toEqual(new Set(Object.keys(VALUES)));
  });

  it.each(OVERLAYS)('R61 of %s tells the migration alone which role owns the tables', async (overlay) => {
    const manifests = render(overlay);
    const env = environmentOf(manifests, programOf(manifests, 'Job gatra-migration'));
    const config = readConfig(env);
    if (overlay === 'gke') return expect(config.secrets.manager?.prefix).toBe('gatra-migration-');
    expect(await findPostgres(config, env)).toMatchObject({
      app: expect.stringContaining('gatra_app'),
      owner: expect.stringContaining('gatra_owner'),
    });
  });

  it('R61 R10 on GKE has no secret: each process looks them up as its service account', () => {
    const manifests = render('gke');
    expect(podsOf(manifests).flatMap(({ spec }) => containersOf(spec).flatMap(referencesOf))).toEqual([]);
    const identities = ofKind(manifests, 'ServiceAccount').map(({ metadata }) => [
      metadata.name,
      metadata.annotations?.['iam.gke.io/gcp-service-account'],
    ]);
    const app = 'gatra-app@example-project.iam.gserviceaccount.com';
    expect(Object.fromEntries(identities)).toEqual({
      ...Object.fromEntries([...SERVICES, 'bootstrap'].map((name) => [`gatra-${name}`, app])),
      'gatra-migration': 'gatra-migration@example-project.iam.gserviceaccount.com',
    });
    for (const service of SERVICES) {
      const config = readConfig(environmentOf(manifests, programOf(manifests, `Deployment gatra-${service}`)));
      expect(config.secrets.manager).toMatchObject({ project: 'example-project', prefix: 'gatra-app-', endpoint: null });
    }
  });
});
