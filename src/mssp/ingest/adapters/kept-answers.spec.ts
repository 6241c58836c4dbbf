import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { batch, chunk, detection, NOON, record, TENANT } from '../../../../test/contract/event-store-fixtures.js';
import { seeded } from '../../../../test/support/seeded.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import type { EventDamage } from '../domain/event-damage.js';
import { EventFile } from './event-file.js';
import { takeAnswers } from './kept-answers.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const KEY = 'order-2026-03-10';
const SAMPLED = 60;

describe('answers that are not what was written', () => {
  const seed = Date.now() & 0xffff;
  const random = seeded(seed);
  const detections = [detection(0)];
  const written = batch([record(0, '{"n":1}')], { detections, idempotency: { key: KEY, digest: 'd'.repeat(64) } });
  const dataDirs: string[] = [];
  const newDirectory = (): string => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-answers-'));
    dataDirs.push(dataDir);
    return dataDir;
  };
  const fileIn = (dataDir: string): string => join(tenantDirectoryPath(dataDir, TENANT), 'events-2026-03.db');
  let template: string;
  beforeAll(async () => {
    template = newDirectory();
    const store = new SqliteEventStore(template);
    await store.append(TENANT, chunk([written]));
    await store.close();
  });
  afterAll(() => {
    for (const dataDir of dataDirs) rmSync(dataDir, { recursive: true });
  });

  const damaged = (damage: (file: string) => void): { readonly store: SqliteEventStore; readonly damages: EventDamage[] } => {
    const dataDir = newDirectory();
    cpSync(template, dataDir, { recursive: true });
    damage(fileIn(dataDir));
    const damages: EventDamage[] = [];
    return { damages, store: new SqliteEventStore(dataDir, undefined, { onDamage: (_tenant, damage) => void damages.push(damage) }) };
  };
  const change = (sql: string) => (file: string) => {
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
  };

  it('DUR-05 with any bit flipped, an answer is as it was or is not there, and nothing else is lost', async () => {
    const bytes = readFileSync(fileIn(template));
    const begin = bytes.indexOf(`${KEY}${'d'.repeat(64)}`);
    const length = KEY.length + 64 + written.batch_id.length + JSON.stringify(written.answer).length;
    expect(begin).toBeGreaterThan(0);
    for (let sample = 0; sample < SAMPLED; sample += 1) {
      const [at, bit] = [begin + Math.floor(random() * length), Math.floor(random() * 8)];
      const { store, damages } = damaged((file) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        writeFileSync(file, flipped);
      });
      const found = await store.answerTo(TENANT, KEY, NOON);
      await store.settle(TENANT, [{ batch_id: written.batch_id, alerts: 1 }]);
      await store.close();
      const said = found ? { digest: 'd'.repeat(64), answer: written.answer } : undefined;
      expect({ seed, at, bit, found }).toEqual({ seed, at, bit, found: said });
      const costs = damages.map(({ lost, recovered }) => [lost, recovered]);
      expect(found ? [[]] : [[], [[0, 1]]]).toContainEqual(costs);
    }
  });

  it.each([
    ['another number', `UPDATE answer SET body = replace(body, '"received":1', '"received":7')`],
    ['no JSON', `UPDATE answer SET body = 'x'`],
    ['no JSON, and from before there were sums', `UPDATE answer SET body = 'x', sum = NULL`],
  ])('DUR-05 an answer that holds %s does not keep the alerts of its batch from being noted', async (_what, sql) => {
    const { store, damages } = damaged(change(sql));
    await store.settle(TENANT, [{ batch_id: written.batch_id, alerts: 3 }]);
    expect(await store.answerTo(TENANT, KEY, NOON)).toBeUndefined();
    expect(await store.pending(TENANT)).toEqual([]);
    expect(damages).toMatchObject([{ lost: 0, recovered: 1 }]);
    await store.close();
  });

  it('DUR-05 an answer from before there were sums is believed, and gets one with its alerts', async () => {
    const { store, damages } = damaged(change('UPDATE answer SET sum = NULL'));
    await store.settle(TENANT, [{ batch_id: written.batch_id, alerts: 3 }]);
    expect(await store.answerTo(TENANT, KEY, NOON)).toMatchObject({ answer: { ...written.answer, alerts_raised: 3 } });
    expect(damages).toEqual([]);
    await store.close();
  });

  it('DUR-05 that a damaged table tells of twice, or as no column takes them, hold up no repair', () => {
    const file = new EventFile(join(newDirectory(), 'events-2026-03.db'), '2026-03');
    const row = { key: KEY, digest: 'd', batch_id: written.batch_id, body: '{"alerts_raised":0}', answered_at: NOON, sum: null };
    file.transaction(() => takeAnswers(file, [row, row, { ...row, key: 'another', answered_at: 'soon' }]));
    expect(file.all('SELECT key, body FROM answer')).toEqual([{ key: KEY, body: row.body }]);
    file.close();
  });
});
