import { FaultyDisk, sampleOf, type FaultOutcome } from '../support/file-faults.js';
import { describeWithTracing } from '../support/strace.js';
import { NO_FAULTS } from '../support/stored-events.js';

/** Faults that really happen. Threads share the calls out anew each time, so that some of the later ones are not made again, and others are drawn for them. */
const SAMPLE = 60;
const MOST_DRAWN = 110;
const LANES = 2;
const SYNC_FAILED_EXIT = '74';

function happened(outcomes: readonly FaultOutcome[]): number {
  return outcomes.filter(({ happened }) => happened).length;
}

describeWithTracing('calls on files that go wrong', () => {
  it('DUR-02 60 sampled calls fail or are the last of the process: nothing acknowledged is lost, and a failed sync ends it', async () => {
    const lanes = await Promise.all(Array.from({ length: LANES }, () => FaultyDisk.start()));
    try {
      const drawn = [...sampleOf((await lanes[0]?.everyFault()) ?? [], MOST_DRAWN, 20_261_122)];
      const outcomes: FaultOutcome[] = [];
      await Promise.all(
        lanes.map(async (lane) => {
          while (happened(outcomes) < SAMPLE) {
            const fault = drawn.shift();
            if (!fault) return;
            outcomes.push(await lane.try(fault));
          }
        }),
      );
      for (const { fault, faults, statuses } of outcomes) {
        expect({ fault, faults }).toEqual({ fault, faults: NO_FAULTS });
        for (const status of statuses) expect([202, 503, undefined]).toContain(status);
      }
      for (const { fault, ended, happened } of outcomes) {
        if (!happened) continue;
        if (fault.fault === 'signal=SIGKILL') expect([fault, ended]).toEqual([fault, 'SIGKILL']);
        else expect([fault, ended]).toEqual([fault, fault.call.endsWith('sync') ? SYNC_FAILED_EXIT : null]);
      }
      process.stdout.write(`${outcomes.length} faults drawn, ${happened(outcomes)} happened\n`);
      expect(happened(outcomes)).toBeGreaterThanOrEqual(SAMPLE);
      for (const lane of lanes) expect(await lane.finalFaults()).toEqual({ faults: [], unsound: [] });
    } finally {
      for (const lane of lanes) await lane.end();
    }
  }, 900_000);
});
