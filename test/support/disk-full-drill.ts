import { join } from 'node:path';
import { BuiltApp } from './built-app.js';
import { flood, SmallDisk } from './disk-full.js';
import { databaseFiles } from './kill-cycles.js';
import { unsoundFiles } from './stored-events.js';

const TENANT = 'acme-corp';
const MIB = 1024 * 1024;
const RECOVERY_MS = 5_000;

/**
 * Fills a disk under the app, goes on sending for a while, and makes room again: what comes meanwhile is refused, all else is done, nothing acknowledged is lost,
 * and events are taken again by themselves.
 */
export async function runDiskFull(fullForMs: number): Promise<void> {
  const disk = new SmallDisk(96);
  const app = await BuiltApp.start({ dataDir: join(disk.path, 'data'), env: { GATRA_DISK_RESERVE_BYTES: String(8 * MIB) } });
  try {
    const key = app.apiKey(TENANT, 'collector');
    const bearer = async (role: string): Promise<Record<string, string>> => ({
      Authorization: `Bearer ${await app.token(TENANT, role)}`,
    });
    const [analyst, admin] = [await bearer('analyst'), await bearer('tenant_admin')];
    const status = async (path: string, init: RequestInit = { headers: analyst }): Promise<number> =>
      (await fetch(app.baseUrl + path, init)).status;
    disk.fillTo(10 * MIB);
    const until = await flood(app.baseUrl, key, (answered) => answered !== 0 && answered !== 202);
    expect(until.acknowledged.length).toBeGreaterThan(0);
    const end = performance.now() + fullForMs;
    const full = await flood(app.baseUrl, key, () => performance.now() > end);
    expect(Object.keys(full.statuses)).toEqual(['503']);
    expect(until.withoutRetryAfter + full.withoutRetryAfter).toBe(0);
    expect(await status('/api/v1/audit', { headers: admin })).toBe(200);
    expect(await metric(app, 'disk_full')).toBe(1);
    expect(await metric(app, 'disk_free_bytes')).toBeLessThan(await metric(app, 'disk_size_bytes'));
    for (const path of ['/api/v1/alerts', `/api/v1/events/${until.acknowledged[0]}.0`, '/health/ready'])
      expect([path, await status(path)]).toEqual([path, 200]);
    for (let made = 0; made < 20; made += 1) {
      const body = JSON.stringify({ principal: `shipper-${made}@${TENANT}`, roles: ['collector'] });
      const headers = { ...admin, 'Content-Type': 'application/json' };
      expect(await status(`/api/v1/tenants/${TENANT}/api-keys`, { method: 'POST', headers, body })).toBe(201);
    }
    disk.clear();
    const freed = performance.now();
    const after = await flood(app.baseUrl, key, (answered) => answered === 202);
    expect(performance.now() - freed).toBeLessThanOrEqual(RECOVERY_MS);
    expect(await metric(app, 'disk_full')).toBe(0);
    for (const batch of [...until.acknowledged, ...after.acknowledged])
      expect([batch, await status(`/api/v1/events/${batch}.63`)]).toEqual([batch, 200]);
    expect(app.printed.filter((line) => line.includes('"event":"storage.full"'))).not.toEqual([]);
    expect(await app.stop({ keep: true })).toBe(0);
    expect(unsoundFiles(app.dataDir, databaseFiles(app.dataDir))).toEqual([]);
  } finally {
    await app.kill();
    disk.remove();
  }
}

async function metric(app: BuiltApp, name: string): Promise<number> {
  const answer = await fetch(`${app.baseUrl}/metrics`, { headers: { Authorization: `Bearer ${await app.token('platform')}` } });
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(await answer.text())?.[1]);
}
