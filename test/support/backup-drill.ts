import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../src/platform/backup/backup-manifest.js';
import { BuiltApp } from './built-app.js';
import { runGatra, type CommandResult } from './run-gatra.js';
import { marksRule, SentBatches, sendBatch, TENANT, type Batch } from './sent-batches.js';
import { storeFaults, type StoreFaults } from './stored-events.js';

/** What a backup under load, restored elsewhere, came to. */
export interface DrillReport {
  readonly backup: CommandResult;
  readonly restore: CommandResult;
  readonly verify: CommandResult;
  readonly acknowledgedBefore: number;
  readonly acknowledgedAfter: number;
  /** How the restored store differs from what had been acknowledged before the backup's position. */
  readonly faults: StoreFaults;
  /** Answers of the restored app to a batch from before and to a new one. */
  readonly again: readonly (number | undefined)[];
}

const SENDERS = 4;

/** Takes a backup while events arrive, loses the original, restores the backup elsewhere and starts the app on it. */
export async function backupDrill(loadMs: number): Promise<DrillReport> {
  const rules = marksRule();
  const place = mkdtempSync(join(tmpdir(), 'gatra-drill-'));
  const [out, restored] = [join(place, 'backup'), join(place, 'restored')];
  const first = await BuiltApp.start({ env: { GATRA_RULES: rules } });
  let second: BuiltApp | undefined;
  try {
    const receiver = { baseUrl: first.baseUrl, apiKey: first.apiKey(TENANT, 'collector') };
    const sent = new SentBatches();
    const answeredAt = new Map<Batch, number>();
    const state = { isOver: false };
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!state.isOver) {
        const batch = sent.next(20);
        if ((await sendBatch(receiver, batch)) === 202) answeredAt.set(batch, Date.now());
      }
    });
    await new Promise((done) => setTimeout(done, loadMs));
    const backup = await runGatra(['backup', '--data-dir', first.dataDir, '--out', out, '--with-secrets'], {
      PATH: process.env['PATH'] ?? '',
    });
    await new Promise((done) => setTimeout(done, loadMs / 2));
    state.isOver = true;
    await Promise.all(senders);
    await first.kill();
    rmSync(first.dataDir, { recursive: true, force: true });

    const env = { PATH: process.env['PATH'] ?? '' };
    const restore = await runGatra(['restore', '--from', out, '--data-dir', restored], env);
    if (!existsSync(restored)) throw new Error(`not restored: ${restore.err}${backup.err}`);
    const verify = await runGatra(['audit', 'verify', '--data-dir', restored], env);
    const position = Date.parse(readManifest(out).position);
    const before = new SentBatches();
    const after = [...answeredAt].filter(([, at]) => at >= position).map(([batch]) => batch);
    for (const batch of sent.all) {
      const { key, events, batchId } = batch;
      const isBefore = (answeredAt.get(batch) ?? Infinity) < position;
      before.all.push(isBefore && batchId !== undefined ? { key, events, batchId } : { key, events });
    }
    second = await BuiltApp.start({ dataDir: restored, env: { GATRA_RULES: rules } });
    const faults = await storeFaults(second, before);
    const again = { baseUrl: second.baseUrl, apiKey: second.apiKey(TENANT, 'collector') };
    const known = before.all.find(({ batchId }) => batchId !== undefined);
    const statuses = [known && (await sendBatch(again, known)), await sendBatch(again, new SentBatches(5_000_000).next(3))];
    await second.stop({ keep: true });
    return {
      backup,
      restore,
      verify,
      acknowledgedBefore: before.acknowledged.size,
      acknowledgedAfter: after.length,
      faults,
      again: statuses,
    };
  } finally {
    await first.kill();
    await second?.kill();
    for (const directory of [rules, place, first.dataDir]) rmSync(directory, { recursive: true, force: true });
  }
}
