import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import type { ErasureDto } from '../../src/mssp/tenants/tenant-erasure.dto.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';

const MOST_MS = 5_000;

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

async function ask<T>(app: BuiltApp, token: string, path: string, init: RequestInit = {}): Promise<Answer<T>> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...init.headers };
  const answer = await fetch(`${app.baseUrl}${path}`, { ...init, headers });
  return { status: answer.status, body: (await answer.json()) as T };
}

/** Milliseconds until `done`. @throws after `most`. */
async function took(done: () => Promise<boolean>, most: number): Promise<number> {
  const begun = performance.now();
  while (!(await done())) {
    if (performance.now() - begun > most) throw new Error(`not within ${most} ms`);
    await sleep(50);
  }
  return performance.now() - begun;
}

async function keyFor(app: BuiltApp, operator: string, tenant: string): Promise<string> {
  const body = JSON.stringify({ principal: `admin@${tenant}`, roles: ['tenant-admin'] });
  const { body: key } = await ask<{ api_key: string }>(app, operator, `/api/v1/tenants/${tenant}/api-keys`, { method: 'POST', body });
  return key.api_key;
}

async function exchange(app: BuiltApp, key: string): Promise<string> {
  const answer = await fetch(`${app.baseUrl}/api/v1/auth/token`, { method: 'POST', headers: { 'X-API-Key': key } });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const erasureOf = (app: BuiltApp, operator: string, tenant: string): Promise<Answer<ErasureDto>> =>
  ask<ErasureDto>(app, operator, `/api/v1/tenants/${tenant}/erasure`);

describe('tenants and processes', () => {
  it('TEN-10 what one process suspends, resumes, makes and deletes, another on the same data directory follows in 5 s', async () => {
    const first = await BuiltApp.start();
    const second = await BuiltApp.start({ dataDir: first.dataDir });
    try {
      const operator = await first.token('platform');
      const viewer = await second.token('globex', 'viewer');
      const status = async (token: string): Promise<number> => (await ask(second, token, '/api/v1/alerts')).status;
      expect(await status(viewer)).toBe(200);
      await ask(first, operator, '/api/v1/tenants/globex/suspend', { method: 'POST' });
      await took(async () => (await status(viewer)) === 403, MOST_MS);
      await ask(first, operator, '/api/v1/tenants/globex/resume', { method: 'POST' });
      await took(async () => (await status(viewer)) === 200, MOST_MS);

      await ask(first, operator, '/api/v1/tenants', { method: 'POST', body: JSON.stringify({ tenant_id: 'wonka', name: 'Wonka' }) });
      const token = await exchange(second, await keyFor(first, operator, 'wonka'));
      await took(async () => (await status(token)) === 200, MOST_MS);
      await ask(first, operator, '/api/v1/tenants/wonka?confirm=wonka', { method: 'DELETE', headers: { 'If-Match': '"1"' } });
      await took(async () => [401, 403].includes(await status(token)), MOST_MS);
      await took(async () => (await erasureOf(first, operator, 'wonka')).body.state === 'done', 20_000);
      expect(await status(token)).toBe(401);
      expect(existsSync(tenantDirectoryPath(first.dataDir, toTenantId('wonka')))).toBe(false);
    } finally {
      await second.stop({ keep: true });
      await first.stop();
    }
  });

  it('TEN-10 a deletion that a crash interrupts is gone on with at the next start', async () => {
    let app = await BuiltApp.start();
    const { dataDir } = app;
    try {
      const operator = await app.token('platform');
      await ask(app, operator, '/api/v1/tenants', { method: 'POST', body: JSON.stringify({ tenant_id: 'wonka', name: 'Wonka' }) });
      const token = await exchange(app, await keyFor(app, operator, 'wonka'));
      await ask(app, token, '/api/v1/events', { method: 'POST', body: JSON.stringify({ source: 'generic', events: [{ message: 'm' }] }) });
      const begun = await ask<ErasureDto>(app, operator, '/api/v1/tenants/wonka?confirm=wonka', {
        method: 'DELETE',
        headers: { 'If-Match': '"1"' },
      });
      expect(begun.status).toBe(202);
      await app.kill();
      expect(existsSync(tenantDirectoryPath(dataDir, toTenantId('wonka')))).toBe(true);

      app = await BuiltApp.start({ dataDir });
      const again = await app.token('platform');
      expect([401, 403]).toContain((await ask(app, token, '/api/v1/alerts')).status);
      await took(async () => (await erasureOf(app, again, 'wonka')).body.state === 'done', 20_000);
      const { body } = await erasureOf(app, again, 'wonka');
      expect(body).toMatchObject({ incarnation: 1, removed: { data_keys: 2, rows: { events: 1 } }, scan: { traces: 0 } });
      expect(existsSync(tenantDirectoryPath(dataDir, toTenantId('wonka')))).toBe(false);
    } finally {
      await app.stop({ keep: true });
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
