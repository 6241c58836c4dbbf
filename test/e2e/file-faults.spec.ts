import { FaultyDisk, sampleOf, type FaultOutcome } from '../support/file-faults.js';
import { describeWithTracing } from '../support/strace.js';
import { NO_FAULTS } from '../support/stored-events.js';

const SAMPLE = 60;
/** Threads share the calls out anew each time, so that some of the later ones are not made again. */
const LEAST_HAPPENED = 36;
const LANES = 2;
const SYNC_FAILED_EXIT = '74';

describeWithTracing('calls on files that go wrong', () => {
  it('DUR-02 60 sampled calls fail or are the last of the process: nothing acknowledged is lost, and a failed sync ends it', async () => {
    const lanes = await Promise.all(Array.from({ length: LANES }, () => FaultyDisk.start()));
    try {
      const sample = sampleOf((await lanes[0]?.everyFault()) ?? [], SAMPLE, 20_261_122);
      expect(sample).toHaveLength(SAMPLE);
      const outcomes: FaultOutcome[] = [];
      await Promise.all(
        lanes.map(async (lane, number) => {
          for (let at = number; at < sample.length; at += LANES) {
            const fault = sample[at];
            if (fault) outcomes.push(await lane.try(fault));
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
      expect(outcomes.filter(({ happened }) => happened).length).toBeGreaterThan(LEAST_HAPPENED);
      for (const lane of lanes) expect(await lane.finalFaults()).toEqual({ faults: [], unsound: [] });
    } finally {
      for (const lane of lanes) await lane.end();
    }
  }, 300_000);
});
