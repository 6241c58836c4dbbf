import { statfsSync, type StatsFs } from 'node:fs';
import type { Metrics } from '../observability/metrics.js';
import type { DiskReserve } from './disk-reserve.js';

/** Shows how full the disk of the data directory is; what cannot be measured is no number. */
export function exposeDisk(metrics: Metrics, dataDir: string, reserve: DiskReserve): void {
  const bytes = (blocks: (disk: StatsFs) => number) => (): number => {
    try {
      const disk = statfsSync(dataDir);
      return blocks(disk) * disk.bsize;
    } catch {
      return Number.NaN;
    }
  };
  metrics.gauge('disk_full', '1 while no events are taken because the disk is full', () => (reserve.isFull ? 1 : 0));
  metrics.gauge(
    'disk_free_bytes',
    'Room on the disk of the data directory',
    bytes(({ bavail }) => bavail),
  );
  metrics.gauge(
    'disk_size_bytes',
    'Size of the disk of the data directory',
    bytes(({ blocks }) => blocks),
  );
}
