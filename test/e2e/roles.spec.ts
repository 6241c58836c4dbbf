import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { HaProxy } from '../support/haproxy.js';
import { onPostgres } from '../support/postgres-app.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { runGatra } from '../support/run-gatra.js';
import { marksRule, RULE_ID, SentBatches, sendBatch } from '../support/sent-batches.js';
import { NO_FAULTS, storeFaults } from '../support/stored-events.js';

/** Services and how many of each there are. */
const FLEET = { mssp: 3, taa: 2, cra: 2, cla: 1 } as const;
type Service = keyof typeof FLEET;
const SERVICES = Object.keys(FLEET) as Service[];
const TENANT = 'globex';
const BATCH = 10;
/** What machines are given alike. */
const SHARED_FILES = ['secrets.json', 'bootstrap.json'];
const RECOVERY_MS = 10_000;

/** The tenants of the product's own file, without limits that a test would meet; answers the path. */
function unlimited(directory: string): string {
  const file = join(directory, 'tenants.json');
  const limits = '{ "ingest_eps": 100000, "alerts_per_min": 100000 }';
  const text = readFileSync('config/gatra_multitenant_config.json', 'utf8').replace('./gatra_', `${process.cwd()}/config/gatra_`);
  writeFileSync(file, text.replaceAll(/(?<="rate_limits": )\{[^}]*\}/g, limits));
  return file;
}

describeWith(['haproxy', 'redis-server'], 'every agent as a service of its own', () => {
  describeWithPostgres('on machines of their own behind a balancer, over PostgreSQL and Redis', (server) => {
    const rules = marksRule();
    const apps = new Map<string, BuiltApp>();
    const ports = new Map<string, number>();
    let redis: RedisServer;
    let proxy: HaProxy;
    let database: string;
    let env: Readonly<Record<string, string>>;

    /** A data directory as a machine has it that nothing but settings was copied to; none for the first. */
    const machine = (): string | undefined => {
      const first = apps.get('mssp0')?.dataDir;
      if (first === undefined) return undefined;
      const own = mkdtempSync(join(tmpdir(), 'gatra-machine-'));
      for (const name of SHARED_FILES) copyFileSync(join(first, name), join(own, name));
      return own;
    };
    const start = async (service: Service, at: number): Promise<void> => {
      const own = {
        GATRA_SERVICE_NAME: service,
        GATRA_ROLES: service === 'mssp' ? 'mssp,ada' : service,
        PORT: String(ports.get(`${service}${at}`)),
      };
      const name = `${service}${at}`;
      const dataDir = apps.get(name)?.dataDir ?? machine();
      apps.set(name, await BuiltApp.start({ env: { ...env, ...own }, ...(dataDir === undefined ? {} : { dataDir }) }));
    };
    const app = (name: string): BuiltApp => apps.get(name) as BuiltApp;
    const portsOf = (service: Service): number[] => Array.from({ length: FLEET[service] }, (_, at) => ports.get(`${service}${at}`) ?? 0);
    const allReady = (): Promise<void> =>
      eventually(async () => {
        const states = await Promise.all(
          [...ports.values()].map(async (port) => (await fetch(`http://127.0.0.1:${port}/health/ready`)).status),
        );
        expect(new Set(states)).toEqual(new Set([200]));
      }, 30_000);

    beforeAll(async () => {
      const [made, started] = await Promise.all([onPostgres(server()), RedisServer.start()]);
      ({ database } = made);
      redis = started;
      for (const service of SERVICES) for (let at = 0; at < FLEET[service]; at += 1) ports.set(`${service}${at}`, await freePort());
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      env = {
        ...made.env,
        EVENT_STORE: 'postgres',
        REDIS_URL: redis.url,
        GATRA_RULES: rules,
        GATRA_CONFIG: unlimited(rules),
        TAA_URL: url,
        CRA_URL: url,
        CLA_URL: url,
        TRUSTED_PROXIES: '127.0.0.1',
      };
      await start('mssp', 0);
      const others = SERVICES.flatMap((service) => Array.from({ length: FLEET[service] }, (_, at) => [service, at] as const)).slice(1);
      await Promise.all(others.map(([service, at]) => start(service, at)));
      proxy = await HaProxy.start(port, { mssp: portsOf('mssp'), taa: portsOf('taa'), cra: portsOf('cra'), cla: portsOf('cla') });
      await allReady();
    }, 120_000);
    afterAll(async () => {
      await Promise.all([...apps.values()].map((running) => running.stop({ atOnce: true })));
      await proxy.stop();
      await redis.stop();
      rmSync(rules, { recursive: true, force: true });
    });

    const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
      const token = await app('mssp0').token('acme-corp', 'analyst');
      return fetch(proxy.baseUrl + path, { ...init, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
    };

    it('R06 the demo passes, unchanged', async () => {
      const { code, out, err } = await runGatra(
        ['demo', '--credentials', `${app('mssp0').dataDir}/bootstrap.json`, '--url', proxy.baseUrl],
        {},
      );
      expect([code, err]).toEqual([0, expect.not.stringContaining('Error')]);
      expect(out).toMatch(/0 lost/);
      expect(out).toMatch(/status executed/);
      expect(out).toMatch(/records, chain verified/);
    }, 120_000);

    it('R05 R06 feedback that was given to one service reaches the one that learns', async () => {
      const { items } = (await (await ask('/api/v1/alerts?limit=1')).json()) as { items: { alert_id: string }[] };
      const [alert] = items;
      const said = { verdict: 'false_positive', comments: 'the backup job' };
      const answer = await ask(`/api/v1/alerts/${alert?.alert_id}/feedback`, { method: 'POST', body: JSON.stringify(said) });
      expect(answer.status).toBe(200);
      await eventually(async () => {
        const rows = await server().ask("SELECT 1 FROM gatra_tenants.learned_feedback WHERE tenant_id = 'acme-corp'", database);
        expect(rows.length).toBe(1);
      });
    });

    it('R06 kill -9 of any process, PostgreSQL and Redis killed under load: nothing acknowledged is lost, nothing is done twice', async () => {
      const sent = new SentBatches();
      const receiver = { baseUrl: proxy.baseUrl, apiKey: app('mssp0').apiKey(TENANT, 'collector') };
      const gaps: number[] = [];
      const over = { isOver: false };
      let takenAt = performance.now();
      const sender = async (): Promise<void> => {
        while (!over.isOver) {
          const batch = sent.next(BATCH);
          while ((await sendBatch(receiver, batch)) !== 202) await sleep(50);
          gaps.push(performance.now() - takenAt);
          takenAt = performance.now();
        }
      };
      const senders = [sender(), sender()];
      await sleep(500);
      for (const service of SERVICES) {
        await app(`${service}0`).kill();
        await sleep(500);
        await start(service, 0);
      }
      for (const store of [server(), redis]) {
        await store.kill();
        await sleep(1_000);
        await store.begin();
        await sleep(1_000);
      }
      over.isOver = true;
      await Promise.all(senders);
      await allReady();
      expect(Math.max(...gaps)).toBeLessThanOrEqual(RECOVERY_MS);
      expect(await storeFaults(app('mssp1'), sent, TENANT)).toEqual(NO_FAULTS);
      await eventually(async () => {
        const rows = await server().ask<{ evidence: string }>(
          'SELECT evidence FROM gatra_tenants.alert WHERE tenant_id = $1 AND rule_id = $2',
          database,
          [TENANT, RULE_ID],
        );
        expect(rows.flatMap(({ evidence }) => JSON.parse(evidence) as string[]).sort()).toEqual([...sent.marked].sort());
      }, 30_000);
      const judged = await server().ask<{ record: string }>(
        "SELECT record FROM gatra_tenants.audit_log WHERE tenant_id = $1 AND action = 'alerts.triaged'",
        database,
        [TENANT],
      );
      const triaged = judged.flatMap(({ record }) => (JSON.parse(record) as { details: { alert_ids: string[] } }).details.alert_ids);
      expect(new Set(triaged).size).toBe(triaged.length);
      const longest = Math.round(Math.max(...gaps));
      process.stdout.write(`${sent.acknowledged.size} events acknowledged, ${longest} ms at the most without one\n`);
    }, 180_000);
  });
});
