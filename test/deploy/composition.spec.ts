import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltApp } from '../support/built-app.js';
import { readCompose } from '../support/compose.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { describeWith } from '../support/redis-server.js';
import { runGatra } from '../support/run-gatra.js';
import { starterExample } from '../support/starter-example.js';

const PATIENCE_MS = 60_000;
const PRODUCTION = readCompose('docker-compose.production.yml');
/** Services that are the app, `mssp` first. */
const SERVICES = ['mssp', 'taa', 'cra', 'learning'] as const;
const PROXY = '127.0.0.1';
const example = starterExample('linux/root-login-from-public-address');

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** The parts of the composition with their own files and variables, as processes of this machine: names of hosts and paths are all that differs. */
describeWith(['redis-server', 'haproxy', 'openssl', 'sha256sum'], 'the composition, without an engine', () => {
  describeWithPostgres('over PostgreSQL, Redis and HAProxy', (server) => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-composition-'));
    const secrets = join(directory, 'secrets');
    const others: ChildProcess[] = [];
    const apps: BuiltApp[] = [];
    const ports = new Map<string, number>();
    let door = 0;

    /** A text of the composition with what is elsewhere here. */
    const here = (text: string, ...pairs: readonly (readonly [string, string])[]): string => {
      const moved = [...SERVICES, 'redis'].map(
        (name) => [`${name}:${name === 'redis' ? 6379 : 8080}`, `${PROXY}:${ports.get(name)}`] as const,
      );
      return [...moved, ...pairs, ['postgres:5432', `${PROXY}:${server().port}`] as const].reduce(
        (all, [from, to]) => all.replaceAll(from, to),
        text,
      );
    };
    const variables = (service: string, secretsOf: string): Record<string, string> => ({
      ...(JSON.parse(here(JSON.stringify(PRODUCTION.services[service]?.environment))) as Record<string, string>),
      GATRA_SECRETS_FILE: join(directory, secretsOf, 'secrets.json'),
      GATRA_DATA_DIR: join(directory, service === 'prepare' ? 'mssp' : service),
      HOST: PROXY,
      TRUSTED_PROXIES: PROXY,
      SHUTDOWN_DELAY_SECONDS: '0',
    });

    beforeAll(async () => {
      for (const name of [...SERVICES, 'redis']) ports.set(name, await freePort());
      door = await freePort();
      const made = spawnSync('sh', ['deploy/compose/make-secrets.sh', secrets], { encoding: 'utf8' });
      expect([made.status, made.stderr]).toEqual([0, '']);
      for (const name of ['app', 'prepare']) {
        mkdirSync(join(directory, name));
        writeFileSync(join(directory, name, 'secrets.json'), here(readFileSync(join(secrets, name, 'secrets.json'), 'utf8')), {
          mode: 0o600,
        });
      }

      for (const role of ['gatra_owner', 'gatra_app']) await server().ask(`DROP ROLE ${role}`);
      await server().ask('CREATE DATABASE gatra');
      await server().ask(readFileSync(join(secrets, 'postgres-roles.sql'), 'utf8'), 'gatra');

      const users = join(directory, 'redis-users.acl');
      copyFileSync(join(secrets, 'redis-users.acl'), users);
      const own = ['--port', String(ports.get('redis')), '--bind', PROXY, '--aclfile', users, '--dir', directory];
      others.push(spawn('redis-server', ['deploy/compose/redis.conf', ...own], { stdio: 'ignore' }));

      const prepared = await runGatra(['bootstrap'], variables('prepare', 'prepare'));
      expect([prepared.code, prepared.err]).toEqual([0, '']);
      for (const name of SERVICES) {
        const env: Record<string, string> = { ...variables(name, 'app'), PORT: String(ports.get(name)) };
        const dataDir = env['GATRA_DATA_DIR'] ?? '';
        if (name !== 'mssp') {
          mkdirSync(dataDir);
          copyFileSync(join(directory, 'mssp', 'bootstrap.json'), join(dataDir, 'bootstrap.json'));
        }
        apps.push(await BuiltApp.start({ env, dataDir }));
      }

      const file = join(directory, 'haproxy.cfg');
      const healthPort = String(await freePort());
      const moved = [
        ['maxconn 8000', 'maxconn 100'],
        [':8443 ssl', `${PROXY}:${door} ssl`],
        ['/run/secrets/tls.pem', join(secrets, 'tls.pem')],
        ['127.0.0.1:8405', `${PROXY}:${healthPort}`],
      ] as const;
      writeFileSync(file, here(readFileSync('deploy/compose/haproxy.cfg', 'utf8'), ...moved));
      others.push(spawn('haproxy', ['-f', file, '-db'], { stdio: 'ignore' }));
      await eventually(async () => expect((await fetch(`http://${PROXY}:${healthPort}/live`)).status).toBe(200), PATIENCE_MS);
      await eventually(async () => expect((await ask('/health/ready')).status).toBe(200), PATIENCE_MS);
    }, 180_000);
    afterAll(async () => {
      await Promise.all(apps.map((app) => app.stop({ atOnce: true })));
      for (const child of others) child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    });

    const ask = (path: string, headers: Readonly<Record<string, string>> = {}, body?: object | null): Promise<Answer> =>
      new Promise((done, failed) => {
        const sent = request(
          {
            host: PROXY,
            port: door,
            path,
            method: body === undefined ? 'GET' : 'POST',
            ca: readFileSync(join(secrets, 'tls.crt')),
            headers,
            agent: false,
          },
          (answer) => {
            let text = '';
            answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
            answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
          },
        );
        sent.once('error', failed);
        sent.end(body ? JSON.stringify(body) : undefined);
      });
    const token = async (role: string): Promise<Record<string, string>> => {
      const key = apps[0]?.apiKey('acme-corp', role) ?? '';
      const { access_token } = JSON.parse((await ask('/api/v1/auth/token', { 'X-API-Key': key }, null)).body) as { access_token: string };
      return { Authorization: `Bearer ${access_token}` };
    };

    it('OPS-05 the secrets are made once, each its own, for whoever reads them alone', () => {
      for (const name of [
        'app/secrets.json',
        'prepare/secrets.json',
        'redis-users.acl',
        'postgres-roles.sql',
        'postgres-superuser',
        'tls.pem',
      ])
        expect([name, statSync(join(secrets, name)).mode & 0o077]).toEqual([name, 0]);
      const texts = ['app/secrets.json', 'postgres-superuser'].map((name) => readFileSync(join(secrets, name), 'utf8')).join('');
      const values = [...texts.matchAll(/[0-9a-f]{64}/g)].map(([value]) => value);
      expect([values.length, new Set(values).size]).toEqual([9, 9]);
      expect(readFileSync(join(secrets, 'app/secrets.json'), 'utf8')).not.toContain('DATABASE_MIGRATION_URL');
      const again = spawnSync('sh', ['deploy/compose/make-secrets.sh', secrets], { encoding: 'utf8' });
      expect([again.status, again.stderr]).toEqual([1, `${secrets} is there already: nothing was changed\n`]);
    });

    it('R60 OPS-05 takes events over TLS, judges the alert in its own service, and says nothing inward', async () => {
      const collector = apps[0]?.apiKey('acme-corp', 'collector') ?? '';
      const headers = {
        'X-API-Key': collector,
        'Content-Type': 'application/json',
        'X-Forwarded-For': '198.51.100.7',
        'Idempotency-Key': 'composition-1',
      };
      const sent = await ask('/api/v1/events', headers, { source: example.format, events: example.match });
      expect([sent.status, sent.body]).toEqual([202, expect.stringContaining(`"accepted":${example.match.length}`)]);
      expect(sent.headers['strict-transport-security']).toBeDefined();
      const analyst = await token('analyst');
      await eventually(async () => {
        const { items } = JSON.parse((await ask('/api/v1/alerts', analyst)).body) as {
          items: { rule: { id: string }; verdict: unknown }[];
        };
        expect(items.filter(({ rule, verdict }) => rule.id === example.rule && verdict !== null)).not.toEqual([]);
      }, PATIENCE_MS);
      expect((await ask('/metrics', await token('analyst'))).status).toBe(404);
    });

    it('R60 sends what is asked to the service that answers it', async () => {
      const responder = await token('responder');
      for (const path of ['/api/v1/approvals', '/api/v1/incidents', '/api/v1/alerts'])
        expect([path, (await ask(path, responder)).status]).toEqual([path, 200]);
      const learned = apps[SERVICES.indexOf('learning')];
      await learned?.stop({ keep: true, atOnce: true });
      await eventually(async () => expect((await ask('/api/v1/feedback', responder)).status).toBe(503), PATIENCE_MS);
      expect((await ask('/api/v1/approvals', responder)).status).toBe(200);
    });
  });
});
