import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { toTenantId } from '../../src/contracts/tenant.js';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';

const TENANT = toTenantId('acme-corp');
const SENDERS = 4;
const EVENTS = 20;
const ENOUGH = 40;

describe('SIGTERM', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-drain-'));
  let app: BuiltApp | undefined;
  afterAll(async () => {
    await app?.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('trap.P23-drain while collectors send over connections that they keep, answers what is under way, exits 0 within the grace and loses nothing', async () => {
    const running = (app = await BuiltApp.start({ dataDir, env: { SHUTDOWN_GRACE_SECONDS: '20' } }));
    const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
    const acknowledged: string[] = [];
    let number = 0;
    let enough = (): void => undefined;
    const underWay = new Promise<void>((resolve) => (enough = resolve));

    const send = async (): Promise<boolean> => {
      const lines = Array.from({ length: EVENTS }, () => {
        number += 1;
        return `{"message":"Nov 21 10:00:00 web01 sudo: jo : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh ${number}"}`;
      });
      try {
        const sent = request(`${running.baseUrl}/api/v1/events?source=linux-auth`, {
          agent,
          method: 'POST',
          headers: { 'Content-Type': 'application/x-ndjson', 'X-API-Key': running.apiKey(TENANT, 'collector') },
        });
        sent.end(lines.join('\n'));
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        const body = JSON.parse(await text(answer)) as { batch_id: string; accepted: number; inspected: boolean };
        expect([answer.statusCode, body.accepted, body.inspected]).toEqual([202, EVENTS, true]);
        acknowledged.push(body.batch_id);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
        return false;
      }
      if (acknowledged.length >= ENOUGH) enough();
      return true;
    };
    const senders = Array.from({ length: SENDERS }, async () => {
      while (await send());
    });
    await underWay;
    const asked = Date.now();
    expect(await running.stop({ keep: true })).toBe(0);
    expect(Date.now() - asked).toBeLessThan(15_000);
    await Promise.all(senders);
    agent.destroy();
    expect(running.printed.join('\n')).not.toContain('"level":"error"');

    const again = (app = await BuiltApp.start({ dataDir }));
    const headers = { Authorization: `Bearer ${await again.token(TENANT, 'analyst')}` };
    const accounting = await fetch(`${again.baseUrl}/api/v1/accounting`, { headers });
    const { remainder, hours } = (await accounting.json()) as { remainder: number; hours: { stored: number }[] };
    expect(remainder).toBe(0);
    expect(hours.reduce((sum, { stored }) => sum + stored, 0)).toBeGreaterThanOrEqual(acknowledged.length * EVENTS);
    for (const batch of acknowledged) {
      const last = await fetch(`${again.baseUrl}/api/v1/events/${batch}.${EVENTS - 1}`, { headers });
      expect([batch, last.status]).toEqual([batch, 200]);
    }
    expect(await again.stop({ keep: true })).toBe(0);
    expect(verifyAuditFile(join(tenantDirectoryPath(dataDir, TENANT), 'cases.db'), TENANT).fault).toBeUndefined();
  }, 90_000);
});
