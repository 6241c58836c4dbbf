import { statSync } from 'node:fs';
import { CLOSED, DamagedEvents, LEFT_OPEN } from '../support/damaged-events.js';
import { faultsOf, flipped, flippedRecords, tornFiles, tornLogs, type Image } from '../support/damaged-images.js';

const CHUNKS = 6;
const LONGEST_MS = 5_000;
const PAGES = 4 * 4_096;

describe.each([false, true])('event files damaged at every place, encrypted: %s', (encrypted) => {
  const check = async (only: typeof CLOSED | typeof LEFT_OPEN, imagesOf: (events: DamagedEvents) => Image[]): Promise<void> => {
    const events = await DamagedEvents.write(CHUNKS, { encrypted, only });
    try {
      const images = imagesOf(events);
      const faults = await faultsOf(events, images, LONGEST_MS);
      process.stdout.write(`DUR-05 ${images.length} images of ${only}, encrypted: ${encrypted}, ${faults.length} faults\n`);
      expect(images.length).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    } finally {
      events.remove();
    }
  };

  it('DUR-05 each bit of two chunks in a closed file', () => check(CLOSED, (events) => flippedRecords(events, CLOSED, 'db')));

  it('DUR-05 each bit of two chunks in a log', () => check(LEFT_OPEN, (events) => flippedRecords(events, LEFT_OPEN, 'db-wal')));

  it('DUR-05 each bit of a mark', () =>
    check(CLOSED, (events) => {
      const bits = statSync(events.fileOf(CLOSED, 'mark')).size * 8;
      return Array.from({ length: bits }, (_, bit) => flipped(events, CLOSED, 'mark', bit >> 3, bit & 7));
    }));

  it('DUR-05 a closed file cut off at each byte of its last pages', () => check(CLOSED, (events) => tornFiles(events, PAGES)));

  it('DUR-05 a log cut off at each byte of its last three transactions', () => check(LEFT_OPEN, (events) => tornLogs(events, 3)));
});
