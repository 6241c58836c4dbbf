import fc from 'fast-check';
import { edgeKey, MidasF, type MidasOptions } from './midas-f.js';
import { midasScore } from './midas-score.js';

const WIDE: MidasOptions = { rows: 3, width: 65_536, keep: 0.5, threshold: 1_000 };
const SMALL: MidasOptions = { rows: 2, width: 16, keep: 0.5, threshold: 10 };

type Edge = readonly [source: number, destination: number, ticks: number];
const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.nat(2)), { maxLength: 120 });

/** The same detector with a counter for each key, of one kind of key. */
class Exact {
  private readonly current = new Map<string, number>();
  private readonly total = new Map<string, number>();
  private readonly scores = new Map<string, number>();
  private tick = 1;

  constructor(private readonly options: MidasOptions) {}

  turn(tick: number): void {
    if (tick <= this.tick) return;
    for (const [key, count] of this.current) {
      const total = this.total.get(key) ?? 0;
      const isAttack = (this.scores.get(key) ?? 0) >= this.options.threshold;
      this.total.set(key, total + (!isAttack ? count : this.tick > 1 ? total / (this.tick - 1) : 0));
      this.current.set(key, count * this.options.keep);
    }
    this.tick = tick;
  }

  score(key: string): number {
    const count = (this.current.get(key) ?? 0) + 1;
    this.current.set(key, count);
    const score = midasScore(count, this.total.get(key) ?? 0, this.tick);
    this.scores.set(key, score);
    return score;
  }
}

function run(midas: MidasF, stream: readonly Edge[]): number[] {
  return stream.map(([source, destination, ticks]) => {
    midas.turn(midas.ticks + ticks);
    return midas.score(source, destination);
  });
}

describe('MIDAS-F', () => {
  it('scores by the chi-squared statistic', () => {
    expect(midasScore(10, 4, 5)).toBe(36 ** 2 / 16);
    expect(midasScore(1, 4, 5)).toBe(0);
    expect(midasScore(9, 0, 5)).toBe(0);
    expect(midasScore(9, 4, 1)).toBe(0);
  });

  it.each([1_000, 5, Infinity])('scores like exact counters where nothing collides (threshold %p)', (threshold) => {
    fc.assert(
      fc.property(edges, (stream) => {
        const midas = new MidasF({ ...WIDE, threshold }, 7);
        const exact = [0, 1, 2].map(() => new Exact({ ...WIDE, threshold }));
        for (const [source, destination, ticks] of stream) {
          midas.turn(midas.ticks + ticks);
          for (const one of exact) one.turn(midas.ticks);
          const scores = [`${source} ${destination}`, `${source}`, `${destination}`].map((key, i) => exact[i]!.score(key));
          const most = Math.max(...scores);
          expect(Math.abs(midas.score(source, destination) - most)).toBeLessThanOrEqual(1e-3 * (1 + most));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not learn a burst, and goes on calling it one', () => {
    const scoresOf = (threshold: number): number[] => {
      const midas = new MidasF({ ...WIDE, threshold }, 1);
      const last: number[] = [];
      for (let tick = 1; tick <= 60; tick++) {
        midas.turn(tick);
        for (let i = 0; i < (tick > 20 ? 100 : 2); i++) last[tick] = midas.score(1, 2);
      }
      return last;
    };
    expect(scoresOf(1_000)[60]!).toBeGreaterThan(1_000);
    expect(scoresOf(Infinity)[60]!).toBeLessThan(1_000);
  });

  it('says what was seen and what was expected', () => {
    const midas = new MidasF({ ...WIDE, keep: 0 }, 1);
    for (let tick = 1; tick <= 10; tick++) {
      midas.turn(tick);
      for (let i = 0; i < 3; i++) midas.score(1, 2);
    }
    midas.turn(11);
    for (let i = 0; i < 40; i++) midas.score(1, 100 + i);
    expect(midas.explain(1, 139)).toMatchObject({ by: 'source', count: 40, usual: 3 });
  });

  it('goes on from a snapshot as if nothing had been between', () => {
    fc.assert(
      fc.property(edges, edges, (before, after) => {
        const one = new MidasF(SMALL, 3);
        run(one, before);
        const view = new DataView(new ArrayBuffer(one.byteLength + 8));
        one.write(view, 8);
        const other = new MidasF(SMALL, 3);
        other.read(view, 8);
        expect(run(other, after)).toEqual(run(one, after));
      }),
    );
  });

  it('merges what replicas counted within a tick', () => {
    fc.assert(
      fc.property(edges, edges, (left, right) => {
        const still = (stream: readonly Edge[]): Edge[] => stream.map(([source, destination]) => [source, destination, 0]);
        const [one, other, both] = [0, 1, 2].map(() => new MidasF({ ...SMALL, threshold: Infinity }, 3)) as [MidasF, MidasF, MidasF];
        run(one, still(left));
        run(other, still(right));
        run(both, still([...left, ...right]));
        one.merge(other);
        one.turn(4);
        both.turn(4);
        expect(run(one, [[1, 2, 0]])).toEqual(run(both, [[1, 2, 0]]));
      }),
    );
  });

  it('tells the directions of an edge apart', () => {
    expect(edgeKey(1, 2)).not.toBe(edgeKey(2, 1));
  });
});
