import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';
import { seeded } from '../support/seeded.js';
import { describeWithTracing, tracing } from '../support/strace.js';
import { SyncedImages } from '../support/synced-images.js';
import { acknowledgedBy, ackOrder, readTrace } from '../support/trace-log.js';

const BATCHES = 1_040;
const SENDERS = 8;
const PAGE_AND_HEADERS = 4_400;
const EVERY = 20;
const EVENT_FILE = /\/events-[^/]*\.db(?:-wal)?$/;

describeWithTracing('the order of syncs and acknowledgements', () => {
  let directory: string;
  let lines: readonly string[];

  beforeAll(async () => {
    const rules = marksRule();
    directory = mkdtempSync(join(tmpdir(), 'gatra-order-'));
    const trace = join(directory, 'trace');
    const under = tracing(trace, ['pwrite64', 'ftruncate', 'fdatasync', 'fsync', 'write', 'writev'], PAGE_AND_HEADERS);
    const app = await BuiltApp.start({ env: { GATRA_RULES: rules }, under });
    try {
      const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
      const sent = new SentBatches();
      const senders = Array.from({ length: SENDERS }, async () => {
        for (let turn = 0; turn < BATCHES / SENDERS; turn += 1) expect(await sendBatch(receiver, sent.next(3))).toBe(202);
      });
      await Promise.all(senders);
      await app.stop();
      await eventually(() => expect(readFileSync(trace).subarray(-200).toString()).toContain('+++ exited'));
      lines = readFileSync(trace, 'latin1').split('\n');
    } finally {
      await app.kill();
      rmSync(rules, { recursive: true });
    }
  }, 120_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('DUR-04 of more than 1,000 acknowledgements each was sent after the sync that covers it had returned', () => {
    const order = ackOrder(readTrace(lines));
    expect(order.early).toEqual([]);
    expect(order.acknowledged).toBe(BATCHES);
    expect(order.syncs).toBeGreaterThan(0);
  });

  it('DUR-03 a power cut after any acknowledgement leaves a sound file with every batch acknowledged until then', () => {
    const random = seeded(3);
    const images = new SyncedImages((path) => (EVENT_FILE.test(path) ? basename(path) : undefined));
    const acknowledged: string[] = [];
    let cuts = 0;
    for (const call of readTrace(lines)) {
      images.follow(call);
      const batch = acknowledgedBy(call);
      if (batch === undefined) continue;
      acknowledged.push(batch);
      if (acknowledged.length % EVERY !== 1) continue;
      cuts += 1;
      const left = join(directory, `cut-${cuts}`);
      images.writeTo(left, { left: (change) => (random() < 0.5 ? [change] : []), names: (pending) => pending });
      expect(storedIn(left)).toEqual({ integrity: 'ok', missing: [] });
      rmSync(left, { recursive: true });
    }
    expect(cuts).toBe(BATCHES / EVERY);

    function storedIn(left: string): { readonly integrity: unknown; readonly missing: readonly string[] } {
      const month = new Date().toISOString().slice(0, 7);
      const db = new DatabaseSync(join(left, `events-${month}.db`));
      const stored = new Set(
        db
          .prepare('SELECT batch_id FROM batch')
          .all()
          .map((row) => String(row['batch_id'])),
      );
      const integrity = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
      db.close();
      return { integrity, missing: acknowledged.filter((id) => !stored.has(id)) };
    }
  });
});
