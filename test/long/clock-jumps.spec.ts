import { clockDrill } from '../support/clock-drill.js';
import { describeWith } from '../support/redis-server.js';
import { seeded } from '../support/seeded.js';
import { NO_FAULTS } from '../support/stored-events.js';

const [HOUR, DAY] = [3_600, 86_400];
const PLACES = [0, HOUR, -HOUR, DAY, -DAY];
const SEEDS = [1, 2, 3];
const JUMPS = 12;

/** A walk over the places, from each to another. */
function walk(seed: number): readonly number[] {
  const random = seeded(seed);
  const offsets: number[] = [];
  while (offsets.length < JUMPS) {
    const next = PLACES[Math.floor(random() * PLACES.length)] ?? 0;
    if (next !== (offsets.at(-1) ?? 0)) offsets.push(next);
  }
  return offsets;
}

describeWith(['faketime'], 'the whole app and clocks that jump, at length', () => {
  it.each(SEEDS)(
    'DUR-15 twelve jumps from any of five times to any other, walk %d',
    async (seed) => {
      const offsets = walk(seed);
      const { acknowledged, effects, marked, ...found } = await clockDrill(offsets);
      process.stdout.write(
        `DUR-15 [${offsets.map((offset) => offset / HOUR).join(' ')}] h: ${acknowledged} events, ${effects.length} effects\n`,
      );
      expect(found).toEqual({ faults: NO_FAULTS, unsound: [], raised: marked, triagedTwice: [], retired: 0, refused: [] });
      expect(effects).toEqual(effects.map(() => 1));
    },
    600_000,
  );
});
