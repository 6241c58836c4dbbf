import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toTenantId } from '../../src/contracts/tenant.js';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { AppCluster } from '../support/app-cluster.js';

const TENANT = toTenantId('acme-corp');

describe('several instances on one data directory', () => {
  it('R10 starting at once on an empty directory ends with one set of secrets and one set of credentials', async () => {
    const cluster = await AppCluster.start();
    try {
      const files = readdirSync(cluster.dataDir);
      expect(files.filter((name) => name.includes('.new'))).toEqual([]);
      const key = cluster.app(0).apiKey('platform');
      const answers = await cluster.fetchAll('/api/v1/auth/token', { method: 'POST', headers: { 'X-API-Key': key } });
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      for (const answer of answers) {
        const { access_token: token } = (await answer.json()) as { access_token: string };
        const tenants = await cluster.fetchAll('/api/v1/tenants', { headers: { Authorization: `Bearer ${token}` } });
        const bodies = await Promise.all(tenants.map(async (list) => ((await list.json()) as { items: unknown[] }).items));
        expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
        expect(bodies[0]?.length).toBeGreaterThan(0);
      }
      const { tenants } = JSON.parse(readFileSync(join(cluster.dataDir, 'bootstrap.json'), 'utf8')) as { tenants: object };
      const db = new DatabaseSync(join(cluster.dataDir, 'platform.db'), { readOnly: true });
      expect(db.prepare('SELECT count(*) AS keys FROM api_key').get()).toEqual({ keys: 1 + 6 * Object.keys(tenants).length });
      db.close();
    } finally {
      expect(await cluster.stop()).toEqual([0, 0, 0]);
    }
  });

  it('three of them take events of one tenant at once, one is killed, and nothing acknowledged is lost or stored twice', async () => {
    const cluster = await AppCluster.start();
    const collector = cluster.app(0).apiKey(TENANT, 'collector');
    const acknowledged = new Map<string, string>();
    const send = async (baseUrl: string, number: number): Promise<boolean> => {
      const events = Array.from({ length: 20 }, (_, at) => JSON.stringify({ marker: `batch ${number} event ${at}` }));
      const headers = { 'Content-Type': 'application/x-ndjson', 'X-API-Key': collector, 'Idempotency-Key': `batch-${number}` };
      const answer = await fetch(`${baseUrl}/api/v1/events`, { method: 'POST', headers, body: events.join('\n') }).catch(() => undefined);
      if (!answer) return false;
      const body = (await answer.json()) as { batch_id: string; accepted: number };
      expect([202, 409]).toContain(answer.status);
      if (answer.status === 409) return false;
      expect(body.accepted).toBe(20);
      const earlier = acknowledged.get(`batch-${number}`);
      if (earlier !== undefined) expect(body.batch_id).toBe(earlier);
      acknowledged.set(`batch-${number}`, body.batch_id);
      return true;
    };
    try {
      const sender = async (instance: number): Promise<void> => {
        for (let number = 0; number < 40; number += 1) {
          let baseUrl = cluster.app(instance).baseUrl;
          while (!(await send(baseUrl, number))) baseUrl = cluster.app(instance === 2 ? 0 : instance).baseUrl;
          if (instance === 2 && number === 20) await cluster.kill(2);
        }
      };
      await Promise.all([0, 1, 2].map(sender));
      await cluster.restart(2);
      const token = await cluster.app(2).token(TENANT, 'analyst');
      const hours = `from=${new Date(Date.now() - 7_200_000).toISOString()}&to=${new Date(Date.now() + 7_200_000).toISOString()}`;
      for (const baseUrl of cluster.baseUrls) {
        const answer = await fetch(`${baseUrl}/api/v1/events?limit=500&${hours}`, { headers: { Authorization: `Bearer ${token}` } });
        expect(answer.status).toBe(200);
      }
      const directory = tenantDirectoryPath(cluster.dataDir, TENANT);
      const file = readdirSync(directory).find((name) => /^events-.*\.db$/.test(name)) ?? '';
      const db = new DatabaseSync(join(directory, file), { readOnly: true });
      expect(db.prepare('SELECT count(*) AS batches, sum(records) AS events FROM batch').get()).toEqual({ batches: 40, events: 800 });
      expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      db.close();
      expect(verifyAuditFile(join(cluster.dataDir, 'platform.db')).fault).toBeUndefined();
      expect(verifyAuditFile(join(directory, 'cases.db')).fault).toBeUndefined();
    } finally {
      await cluster.stop();
    }
  }, 120_000);
});
