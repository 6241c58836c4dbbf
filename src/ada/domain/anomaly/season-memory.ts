import { ANOMALY } from './tuning.js';

const { slot: SLOT, days: DAYS, around: AROUND } = ANOMALY.series;
const SLOTS_A_DAY = 86_400_000 / SLOT;
const SLOTS = SLOTS_A_DAY * (DAYS + 1);

/** The levels that a series had at each time of the last days, so that days and weeks of its own kind can be compared with. */
export class SeasonMemory {
  private readonly levels = new Float32Array(SLOTS).fill(Number.NaN);
  private first = Number.NaN;
  private last = Number.NaN;

  /** The level nearest to this one among those of about the same time on earlier days; `undefined` before two days are known. */
  expect(time: number, level: number): number | undefined {
    const slot = Math.floor(time / SLOT);
    if (!(slot - this.first >= 2 * SLOTS_A_DAY)) return undefined;
    let nearest: number | undefined;
    for (let day = 1; day <= DAYS; day++) {
      for (let offset = -AROUND; offset <= AROUND; offset++) {
        const earlier = this.levelAt(slot - day * SLOTS_A_DAY + offset);
        if (!Number.isNaN(earlier) && (nearest === undefined || Math.abs(earlier - level) < Math.abs(nearest - level))) nearest = earlier;
      }
    }
    return nearest;
  }

  /** Learns the level of a time. Time that goes back beyond everything that is held begins anew. */
  learn(time: number, level: number): void {
    const slot = Math.floor(time / SLOT);
    if (slot <= this.last - SLOTS) {
      this.levels.fill(Number.NaN);
      this.last = Number.NaN;
    }
    if (Number.isNaN(this.last)) this.first = this.last = slot;
    for (let passed = Math.max(this.last + 1, slot - SLOTS + 1); passed <= slot; passed++) this.levels[place(passed)] = Number.NaN;
    this.last = Math.max(this.last, slot);
    if (slot > this.last - SLOTS) this.levels[place(slot)] = level;
  }

  get byteLength(): number {
    return 16 + this.levels.byteLength;
  }

  write(target: DataView, offset: number): void {
    target.setFloat64(offset, this.first, true);
    target.setFloat64(offset + 8, this.last, true);
    this.levels.forEach((level, i) => target.setFloat32(offset + 16 + i * 4, level, true));
  }

  read(source: DataView, offset: number): void {
    this.first = source.getFloat64(offset, true);
    this.last = source.getFloat64(offset + 8, true);
    for (let i = 0; i < SLOTS; i++) this.levels[i] = source.getFloat32(offset + 16 + i * 4, true);
  }

  private levelAt(slot: number): number {
    return slot < this.first || slot <= this.last - SLOTS || slot > this.last ? Number.NaN : this.levels[place(slot)]!;
  }
}

function place(slot: number): number {
  return ((slot % SLOTS) + SLOTS) % SLOTS;
}
