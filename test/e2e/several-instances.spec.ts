import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppCluster } from '../support/app-cluster.js';

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
});
