import { SeededChance } from './seeded-chance.js';
import { SeriesWatch } from './series-watch.js';

const SLOT = 5 * 60_000;
const A_DAY = 288;

/** Days with a peak at noon and some noise. */
function day(slot: number, chance: SeededChance): number {
  const hour = (slot % A_DAY) / 12;
  return (hour > 8 && hour < 17 ? 80 : 20) + 4 * chance.next();
}

describe('SeriesWatch', () => {
  it('is silent on days like those before', () => {
    const watch = new SeriesWatch();
    const chance = new SeededChance(1);
    let alarms = 0;
    for (let slot = 0; slot < 14 * A_DAY; slot++) if (watch.observe(slot * SLOT, day(slot, chance)).isAlarm && slot > 3 * A_DAY) alarms++;
    expect(alarms).toBeLessThanOrEqual(2);
  });

  it('sees a working day on which nothing happens, by its season, and tells it once', () => {
    const watch = new SeriesWatch();
    const chance = new SeededChance(1);
    const alarms: number[] = [];
    for (let slot = 0; slot < 11 * A_DAY; slot++) {
      const value = slot >= 10 * A_DAY ? 20 + 4 * chance.next() : day(slot, chance);
      const judged = watch.observe(slot * SLOT, value);
      if (slot < 10 * A_DAY || !judged.isAlarm) continue;
      alarms.push(slot - 10 * A_DAY);
      expect(judged.by).toBe('season');
      expect(judged.expected).toBeGreaterThan(27);
    }
    expect(alarms[0]).toBeGreaterThan(8 * 12);
    expect(alarms[0]).toBeLessThan(10 * 12);
    expect(alarms.length).toBeLessThanOrEqual(2);
  });

  it('knows no season before two days', () => {
    const watch = new SeriesWatch();
    for (let slot = 0; slot < 2 * A_DAY; slot++) expect(watch.observe(slot * SLOT, 1).expected).toBeUndefined();
    expect(watch.observe(2 * A_DAY * SLOT, 1).expected).toBe(1);
  });

  it('goes on from a snapshot as if nothing had been between, and over a gap of weeks', () => {
    const chance = new SeededChance(2);
    const one = new SeriesWatch();
    for (let slot = 0; slot < 4 * A_DAY; slot++) one.observe(slot * SLOT, day(slot, chance));
    const view = new DataView(new ArrayBuffer(one.kept.byteLength));
    one.kept.write(view, 0);
    const other = new SeriesWatch();
    other.kept.read(view, 0);
    for (const slot of [4 * A_DAY, 4 * A_DAY + 1, 60 * A_DAY, 60 * A_DAY + 3])
      expect(other.observe(slot * SLOT, 500)).toEqual(one.observe(slot * SLOT, 500));
    expect(one.kept.byteLength).toBeLessThan(20 * 1024);
  });
});
