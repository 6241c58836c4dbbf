import { FaultyDisk, type FileFault } from '../support/file-faults.js';
import { describeWithTracing } from '../support/strace.js';
import { NO_FAULTS } from '../support/stored-events.js';

/** How many calls a thread makes differs a little from run to run: a call that was not made is waited for so often. */
const ATTEMPTS = 4;

describeWithTracing('calls on files that go wrong, all of them', () => {
  it('DUR-02 every call on the files of a tenant, with every fault', async () => {
    let disk = await FaultyDisk.start();
    const faults = await disk.everyFault();
    const happens = async (fault: FileFault): Promise<boolean> => {
      if (disk.left === 0) {
        expect(await disk.finalFaults()).toEqual({ faults: [], unsound: [] });
        await disk.end();
        disk = await FaultyDisk.start();
      }
      const outcome = await disk.try(fault);
      expect({ fault, faults: outcome.faults }).toEqual({ fault, faults: NO_FAULTS });
      return outcome.happened;
    };
    const never: FileFault[] = [];
    for (const [tried, fault] of faults.entries()) {
      let happened = false;
      for (let attempt = 0; attempt < ATTEMPTS && !happened; attempt += 1) happened = await happens(fault);
      if (!happened) never.push(fault);
      if (tried % 50 === 0) process.stderr.write(`${tried} of ${faults.length} faults\n`);
    }
    expect(await disk.finalFaults()).toEqual({ faults: [], unsound: [] });
    await disk.end();
    process.stdout.write(`${faults.length} faults, of which never: ${JSON.stringify(never)}\n`);
    expect(never.length).toBeLessThan(faults.length * 0.1);
  }, 7_200_000);
});
