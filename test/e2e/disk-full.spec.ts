import { describeWithDisk } from '../support/disk-full.js';
import { runDiskFull } from '../support/disk-full-drill.js';

describeWithDisk('a disk that runs full', () => {
  it('DUR-06 refuses events and does all else, loses nothing, and takes events again by itself once there is room', async () => {
    await runDiskFull(4_000);
  }, 60_000);
});
