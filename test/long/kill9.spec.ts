import { rmSync } from 'node:fs';
import { BuiltApp } from '../support/built-app.js';
import { killCycles, type KillReport } from '../support/kill-cycles.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';
import { NO_FAULTS } from '../support/stored-events.js';

const LONGEST_START_MS = 5_000;

function expectNothingLost(report: KillReport): void {
  const { acknowledged, startsMs } = report;
  const slowestStartMs = startsMs.at(-1) ?? Infinity;
  process.stdout.write(`${acknowledged} events acknowledged, slowest start ${Math.round(slowestStartMs)} ms\n`);
  expect(report).toMatchObject({ faults: NO_FAULTS, unsound: [], triagedTwice: [] });
  expect(report.raised).toEqual(report.marked);
}

describe('kill -9, at length', () => {
  it('DUR-01 one process, 300 kills', async () => {
    const report = await killCycles({ kills: 300, seed: 7, processes: 1 });
    expectNothingLost(report);
    expect(report.startsMs.at(-1)).toBeLessThanOrEqual(LONGEST_START_MS);
  });

  it('DUR-01 three processes on one data directory, 100 kills of each', async () => {
    expectNothingLost(await killCycles({ kills: 100, seed: 8, processes: 3, senders: 6 }));
  });

  it('DUR-01 is ready within 5 s of a kill with 100,000 events behind it', async () => {
    const rules = marksRule();
    const sent = new SentBatches();
    const first = await BuiltApp.start({ env: { GATRA_RULES: rules } });
    try {
      const receiver = { baseUrl: first.baseUrl, apiKey: first.apiKey(TENANT, 'collector') };
      for (let batch = 0; batch < 100; batch += 1) expect(await sendBatch(receiver, sent.next(1_000))).toBe(202);
      await first.kill();
      const begun = performance.now();
      const second = await BuiltApp.start({ dataDir: first.dataDir, env: { GATRA_RULES: rules } });
      const ready = await fetch(`${second.baseUrl}/health/ready`);
      const took = performance.now() - begun;
      process.stdout.write(`ready in ${Math.round(took)} ms\n`);
      expect(ready.status).toBe(200);
      expect(took).toBeLessThanOrEqual(LONGEST_START_MS);
      await second.stop({ keep: true });
    } finally {
      await first.kill();
      for (const directory of [rules, first.dataDir]) rmSync(directory, { recursive: true, force: true });
    }
  });
});
