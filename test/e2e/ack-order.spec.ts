import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';
import { describeWithTracing, tracing } from '../support/strace.js';
import { ackOrder, readTrace } from '../support/trace-log.js';

const BATCHES = 1_040;
const SENDERS = 8;
const PAGE_AND_HEADERS = 4_400;

describeWithTracing('the order of syncs and acknowledgements', () => {
  it('DUR-04 of more than 1,000 acknowledgements each was sent after the sync that covers it had returned', async () => {
    const rules = marksRule();
    const directory = mkdtempSync(join(tmpdir(), 'gatra-order-'));
    const trace = join(directory, 'trace');
    const under = tracing(trace, ['pwrite64', 'fdatasync', 'fsync', 'write', 'writev'], PAGE_AND_HEADERS);
    const app = await BuiltApp.start({ env: { GATRA_RULES: rules }, under });
    try {
      const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
      const sent = new SentBatches();
      const statuses = await Promise.all(
        Array.from({ length: SENDERS }, async () => {
          const seen = new Set<number | undefined>();
          for (let turn = 0; turn < BATCHES / SENDERS; turn += 1) seen.add(await sendBatch(receiver, sent.next(3)));
          return [...seen];
        }),
      );
      expect(new Set(statuses.flat())).toEqual(new Set([202]));
      await app.stop();
      await eventually(() => expect(readFileSync(trace).subarray(-200).toString()).toContain('+++ exited'));
      const order = ackOrder(readTrace(readFileSync(trace, 'latin1').split('\n')));
      expect(order.early).toEqual([]);
      expect(order.acknowledged).toBe(BATCHES);
      expect(order.syncs).toBeGreaterThan(0);
    } finally {
      await app.kill();
      for (const path of [rules, directory]) rmSync(path, { recursive: true, force: true });
    }
  }, 120_000);
});
