import { FaultyDisk } from '../support/file-faults.js';
import { describeWithTracing } from '../support/strace.js';
import { NO_FAULTS } from '../support/stored-events.js';

describeWithTracing('calls on files that go wrong, all of them', () => {
  it('DUR-02 every call on the files of a tenant, with every fault', async () => {
    let disk = await FaultyDisk.start();
    const faults = await disk.everyFault();
    let happened = 0;
    for (const fault of faults) {
      if (disk.left === 0) {
        expect(await disk.finalFaults()).toEqual({ faults: [], unsound: [] });
        await disk.end();
        disk = await FaultyDisk.start();
      }
      const outcome = await disk.try(fault);
      expect({ fault, faults: outcome.faults }).toEqual({ fault, faults: NO_FAULTS });
      if (outcome.happened) happened += 1;
    }
    expect(await disk.finalFaults()).toEqual({ faults: [], unsound: [] });
    await disk.end();
    process.stdout.write(`${faults.length} faults, ${happened} happened\n`);
    expect(happened).toBeGreaterThan(faults.length * 0.9);
  });
});
