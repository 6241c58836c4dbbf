import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const RULES = 60;
const RULE = (number: number): string => `title: The shop is robbed, as ${number} sees it
id: shop-robbed-${String(number).padStart(2, '0')}
logsource: { product: shop }
detection: { s: { action: rob }, condition: s }
level: ${number < 5 ? 'low' : 'high'}
`;

describe('detections beyond what an event may have', () => {
  let folder: string;
  let app: BuiltApp;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-left-out-'));
    writeFileSync(join(folder, 'rules.yml'), Array.from({ length: RULES }, (_, number) => RULE(number)).join('---\n'));
    app = await BuiltApp.start({ env: { GATRA_RULES: join(folder, 'rules.yml') } });
  }, 60_000);
  afterAll(async () => {
    await app.stop({ atOnce: true });
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (tenant: string, action: string): Promise<void> => {
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/json' },
      body: JSON.stringify({ source: 'generic', events: [{ product: 'shop', action }] }),
    });
    expect(answer.status).toBe(202);
  };
  const scrape = async (): Promise<string> => {
    const answer = await fetch(`${app.baseUrl}/metrics`, { headers: { Authorization: `Bearer ${await app.token('platform')}` } });
    return answer.text();
  };

  it('are counted and logged for the tenant whose event it was, and for nobody else', async () => {
    await send('acme-corp', 'rob');
    await send('globex', 'buy');
    await eventually(async () => expect(await scrape()).toMatch(/^detections_left_out_total\{tenant_id="acme-corp"\} 10$/m));
    const metrics = await scrape();
    expect(metrics).not.toMatch(/^detections_left_out_total\{tenant_id="globex"\}/m);
    expect(metrics).toMatch(/^anomalies_detected\{tenant_id="acme-corp",severity="high"\} 50$/m);
    expect(metrics).not.toMatch(/^anomalies_detected\{tenant_id="acme-corp",severity="low"\}/m);
    const lines = app.printed.filter((line) => line.includes('"detections.left_out"')).map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', tenant_id: 'acme-corp', detections: 10 })]);
  });
});
