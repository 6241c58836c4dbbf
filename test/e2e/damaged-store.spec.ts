import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const EVENTS = 6;

describe('a store that is not what was written', () => {
  it('DUR-05 starts, says in log, metric, audit log and health what was lost, and serves everybody', async () => {
    const first = await BuiltApp.start();
    const send = async (app: BuiltApp, tenant: string): Promise<string> => {
      const lines = Array.from({ length: EVENTS }, (_, n) => `{"host":"ws-${n}","message":"${tenant}"}`).join('\n');
      const headers = { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/x-ndjson' };
      const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: lines });
      expect(answer.status).toBe(202);
      return ((await answer.json()) as { batch_id: string }).batch_id;
    };
    const batches = { 'acme-corp': await send(first, 'acme-corp'), globex: await send(first, 'globex') };
    await first.stop({ keep: true });
    const directory = tenantDirectoryPath(first.dataDir, toTenantId('acme-corp'));
    const name = readdirSync(directory).find((entry) => /^events-.*\.db$/.test(entry)) ?? '';
    writeFileSync(join(directory, name), 'garbage');

    const app = await BuiltApp.start({ dataDir: first.dataDir });
    try {
      const read = async (path: string, tenant: string, role?: string): Promise<Response> =>
        fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${await app.token(tenant, role)}` } });
      expect((await read(`/api/v1/events/${batches.globex}.0`, 'globex', 'analyst')).status).toBe(200);
      expect((await read(`/api/v1/events/${batches['acme-corp']}.0`, 'acme-corp', 'analyst')).status).toBe(404);
      const again = await send(app, 'acme-corp');
      expect((await read(`/api/v1/events/${again}.0`, 'acme-corp', 'analyst')).status).toBe(200);
      await eventually(async () => {
        const audit = (await (await read('/api/v1/audit?action=events.lost', 'acme-corp', 'tenant_admin')).json()) as { items: object[] };
        expect(audit.items).toEqual([
          expect.objectContaining({ outcome: 'failure', details: expect.objectContaining({ lost: EVENTS, recovered: 0 }) }),
        ]);
      });
      const metrics = await (await read('/metrics', 'platform')).text();
      expect(metrics).toContain(`stored_events_lost_total{tenant_id="acme-corp"} ${EVENTS}`);
      expect(app.printed.filter((line) => line.includes('"event":"storage.damaged"') && line.includes(`"lost":${EVENTS}`))).toHaveLength(1);
      expect(await (await fetch(`${app.baseUrl}/health`)).json()).toMatchObject({ status: 'degraded', ready: true });
      expect((await fetch(`${app.baseUrl}/health/ready`)).status).toBe(200);
    } finally {
      await app.kill();
      rmSync(first.dataDir, { recursive: true, force: true });
    }
  }, 60_000);
});
