import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';

const TENANT = toTenantId('acme-corp');
const RULE_ID = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a01';
const RULE = `title: Marked event
id: ${RULE_ID}
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;
const KILLS = 20;
const SENDERS = 4;

/** A seeded sequence of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Sent {
  readonly key: string;
  readonly events: readonly string[];
  batchId?: string;
}

interface Answer {
  readonly batch_id: string;
  readonly accepted: number;
  readonly inspected: boolean;
}

/** Sends a batch; true once it is acknowledged, false where the server went away. */
async function send(app: BuiltApp, sent: Sent): Promise<boolean> {
  const answer = await fetch(`${app.baseUrl}/api/v1/events?source=windows`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson', 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Idempotency-Key': sent.key },
    body: sent.events.join('\n'),
  })
    .then(async (response) => ({ status: response.status, body: (await response.json()) as Answer }))
    .catch(() => undefined);
  if (!answer) return false;
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ accepted: sent.events.length, inspected: true });
  sent.batchId = answer.body.batch_id;
  return true;
}

describe('kill -9', () => {
  let rulesDir: string;
  let dataDir: string;
  let app: BuiltApp | undefined;
  beforeAll(() => {
    rulesDir = mkdtempSync(join(tmpdir(), 'gatra-kill-rules-'));
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-kill-'));
    writeFileSync(join(rulesDir, 'marked.yml'), RULE);
  });
  afterAll(async () => {
    await app?.kill();
    for (const directory of [rulesDir, dataDir]) rmSync(directory, { recursive: true, force: true });
  });

  it(`trap.P20-ack-means-durable: loses nothing that was acknowledged and inspects it once, over ${KILLS} kills at random moments`, async () => {
    const random = seeded(20_260_310);
    const all: Sent[] = [];
    let number = 0;
    const next = (): Sent => {
      const events = Array.from({ length: 5 + Math.floor(random() * 25) }, () => {
        number += 1;
        const marker = number % 7 === 0 ? ', "marker":"rule-me"' : '';
        return `{"EventID":4688,"Channel":"Security","Computer":"ws-${number % 5}","EventRecordID":${number}, "TimeCreated":"2026-03-01T10:00:00Z"${marker}}`;
      });
      const sent: Sent = { key: `batch-${all.length}`, events };
      all.push(sent);
      return sent;
    };
    const start = (): Promise<BuiltApp> => BuiltApp.start({ dataDir, env: { GATRA_RULES: rulesDir } });

    for (let kill = 0; kill < KILLS; kill += 1) {
      const running = (app = await start());
      for (const unanswered of all.filter(({ batchId }) => batchId === undefined)) expect(await send(running, unanswered)).toBe(true);
      const senders = Array.from({ length: SENDERS }, async () => {
        while (await send(running, next()));
      });
      await wait(20 + random() * 400);
      await running.kill();
      await Promise.all(senders);
    }

    const running = (app = await start());
    for (const unanswered of all.filter(({ batchId }) => batchId === undefined)) expect(await send(running, unanswered)).toBe(true);
    const headers = { Authorization: `Bearer ${await running.token(TENANT, 'analyst')}` };
    const get = async (path: string): Promise<Record<string, unknown>> => {
      const response = await fetch(`${running.baseUrl}${path}`, { headers });
      expect([path, response.status]).toEqual([path, 200]);
      return (await response.json()) as Record<string, unknown>;
    };

    const expected = new Map<string, string>(
      all.flatMap(({ batchId, events }) => events.map((raw, index) => [`${batchId}.${index}`, raw] as const)),
    );
    const ids = [...expected.keys()];
    const readers = Array.from({ length: 8 }, async (_, reader) => {
      for (let at = reader; at < ids.length; at += 8) {
        const id = ids[at] ?? '';
        const raw = expected.get(id) ?? '';
        expect(await get(`/api/v1/events/${id}`)).toMatchObject({
          raw,
          rules: raw.includes('rule-me') ? expect.arrayContaining([RULE_ID]) : expect.anything(),
        });
      }
    });
    await Promise.all(readers);

    const accounting = (await get('/api/v1/accounting')) as { remainder: number; hours: { stored: number; duplicates: number }[] };
    expect(accounting.remainder).toBe(0);
    expect(accounting.hours.reduce((sum, { stored }) => sum + stored, 0)).toBe(expected.size);
    expect(accounting.hours.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(0);
    await running.stop({ keep: true });

    const marked = ids.filter((id) => expected.get(id)?.includes('rule-me'));
    expect(marked.length).toBeGreaterThan(KILLS);
    const file = join(tenantDirectoryPath(dataDir, TENANT), 'cases.db');
    const cases = new DatabaseSync(file, { readOnly: true });
    const alerts = cases.prepare('SELECT evidence, count FROM alert WHERE rule_id = ?').all(RULE_ID);
    cases.close();
    expect(alerts.map(({ count }) => count)).toEqual(marked.map(() => 1));
    expect(alerts.flatMap(({ evidence }) => JSON.parse(String(evidence)) as string[]).sort()).toEqual([...marked].sort());
    expect(verifyAuditFile(file, TENANT).fault).toBeUndefined();
  }, 180_000);
});
