import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { PoisonEvents } from '../../src/mssp/ingest/poison-events.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const RULE = `title: Marked event
id: 2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a01
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;

describe('events that cannot be inspected', () => {
  let app: RunningApp;
  let rules: string;
  beforeAll(async () => {
    rules = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
    writeFileSync(join(rules, 'marked.yml'), RULE);
    app = await startApp({ env: { GATRA_RULES: rules } });
  });
  afterAll(async () => {
    await app.close();
    rmSync(rules, { recursive: true, force: true });
  });

  it('DUR-09 DUR-10 become dead letters, once, whose originals stay stored byte for byte, and raise their alert when they are replayed', async () => {
    const operator = `Bearer ${await app.token('platform')}`;
    const analyst = `Bearer ${await app.token('acme-corp', 'analyst')}`;
    const raw = '{"EventID":1, "Computer":"ws-1",\t"marker":"rule-me"}';
    const sent = await app.http
      .post('/api/v1/events?source=windows')
      .set('X-API-Key', app.apiKey('acme-corp', 'collector'))
      .set('Content-Type', 'application/x-ndjson')
      .send(`{"EventID":1,"Computer":"ws-1"}\n${raw}`)
      .expect(202);
    const { batch_id, correlation_id } = sent.body as Record<string, string>;
    const batch = { batch_id: batch_id ?? '', correlation_id: correlation_id ?? '', received_at: new Date().toISOString() };
    const keeper = app.app.get(PoisonEvents, { strict: false });
    for (let times = 0; times < 2; times += 1) {
      await keeper.keep(toTenantId('acme-corp'), batch, [{ index: 1, reason: 'cannot be inspected', attempts: 3 }]);
    }
    const { items } = (await app.http.get('/admin/dead-letters?kind=inspect').set('Authorization', operator).expect(200)).body;
    expect(items).toMatchObject([{ key: `${batch_id}.1`, reason: 'cannot be inspected', attempts: 3, correlation_id, state: 'dead' }]);
    const path = `/admin/dead-letters/${String(items[0].dead_letter_id)}`;
    const shown = (await app.http.get(path).set('Authorization', operator).expect(200)).body;
    expect(JSON.parse(shown.original)).toEqual({ event_id: `${batch_id}.1` });
    const event = await app.http.get(`/api/v1/events/${batch_id}.1`).set('Authorization', analyst).expect(200);
    expect(event.body.raw).toBe(raw);
    await app.http.post(`${path}/replay`).set('Authorization', operator).expect(200);
    await eventually(async () => {
      const answer = await app.http.post(`${path}/replay`).set('Authorization', operator).expect(409);
      expect(answer.body.state).toBe('done');
    });
    const alerts = (await app.http.get('/api/v1/alerts?limit=500').set('Authorization', analyst).expect(200)).body.items as {
      evidence: string[];
    }[];
    expect(alerts.filter(({ evidence }) => evidence.includes(`${batch_id}.1`))).toHaveLength(1);
  }, 60_000);
});
