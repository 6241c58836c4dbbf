import { describeWithDisk } from '../support/disk-full.js';
import { runDiskFull } from '../support/disk-full-drill.js';

describeWithDisk('a disk that stays full', () => {
  it('DUR-06 for 30 s of sending refuses events and does all else, loses nothing, and takes events again by itself once there is room', async () => {
    await runDiskFull(30_000);
  }, 120_000);
});
