import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { monthOf } from '../../src/mssp/ingest/domain/arrival-month.js';
import { SYNC_FAILED_EXIT } from '../../src/platform/storage/storage-failure.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';
import { NO_FAULTS, storeFaults } from '../support/stored-events.js';
import { attachTracer, describeWithTracing } from '../support/strace.js';

describeWithTracing('a sync that fails', () => {
  it('DUR-07 is the last one: nothing is acknowledged after it, readiness is false, and the process ends with its own code', async () => {
    const rules = marksRule();
    const env = { GATRA_RULES: rules };
    const app = await BuiltApp.start({ env });
    let again: BuiltApp | undefined;
    try {
      const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
      const sent = new SentBatches();
      expect(await sendBatch(receiver, sent.next(5))).toBe(202);
      const log = `${join(tenantDirectoryPath(app.dataDir, TENANT), `events-${monthOf(Date.now())}.db`)}-wal`;
      const calls = 'fsync,fdatasync';
      const tracer = await attachTracer(app.process.pid ?? 0, [
        '-P',
        log,
        '-e',
        `trace=${calls}`,
        '-e',
        `inject=${calls}:error=EIO:when=1`,
      ]);
      const statuses: (number | undefined)[] = [await sendBatch(receiver, sent.next(5))];
      let sawUnready = false;
      while (app.process.exitCode === null && app.process.signalCode === null) {
        const ready = await fetch(`${app.baseUrl}/health/ready`).catch(() => undefined);
        sawUnready ||= ready?.status === 503;
        statuses.push(await sendBatch(receiver, sent.next(5)));
      }
      const injected = (await tracer.end()).match(/\(INJECTED\)/g) ?? [];
      expect(injected).toHaveLength(1);
      expect(statuses[0]).toBe(503);
      expect(new Set(statuses)).not.toContain(202);
      expect(sawUnready).toBe(true);
      expect(app.process.exitCode).toBe(SYNC_FAILED_EXIT);
      await eventually(() => expect(app.printed.join('\n')).toContain('"event":"storage.sync_failed"'));

      again = await BuiltApp.start({ dataDir: app.dataDir, env });
      expect(await storeFaults(again, sent)).toEqual(NO_FAULTS);
      const restarted = { baseUrl: again.baseUrl, apiKey: receiver.apiKey };
      for (const batch of sent.unanswered) expect(await sendBatch(restarted, batch)).toBe(202);
      expect(await storeFaults(again, sent)).toEqual(NO_FAULTS);
    } finally {
      await app.kill();
      await again?.kill();
      for (const directory of [rules, app.dataDir]) rmSync(directory, { recursive: true, force: true });
    }
  }, 60_000);
});
