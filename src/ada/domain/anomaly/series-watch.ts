import { keptNumbers, keptTogether } from './kept.js';
import { SeasonMemory } from './season-memory.js';
import { RecentValues } from './recent-values.js';
import { Spot } from './spot.js';
import { ANOMALY } from './tuning.js';

const { series: SERIES } = ANOMALY;
const VIEWS = ['value', 'spread', 'season'] as const;

/** What a value of a series is compared with: all values, how much they vary lately, or the same time on earlier days. */
export type SeriesView = (typeof VIEWS)[number];

export interface SeriesJudgement {
  /** Decades of chance, the mean over the views: 2 means that each is one of a hundred. */
  readonly score: number;
  /** Over the limit, and not within the quiet time of the alarm before. */
  readonly isAlarm: boolean;
  /** The view in which the value is most unusual. */
  readonly by: SeriesView;
  /** What the season lets expect; `undefined` where no earlier day is known. */
  readonly expected: number | undefined;
}

/**
 * Watches a series of one value in fixed memory (about 20 KiB): how far out in either direction a value, the recent spread and the difference
 * from the same time of earlier days lie among all that was seen, each by SPOT. A change that stays is learned. After an alarm it keeps quiet
 * for some points, so that one episode is told once.
 */
export class SeriesWatch {
  private readonly recent = new RecentValues(SERIES.lately);
  private readonly season = new SeasonMemory();
  private readonly tails = Array.from({ length: VIEWS.length * 2 }, () => new Spot(SERIES.spot));
  private readonly silence = { sinceAlarm: SERIES.quiet as number };
  /** Its state, for snapshots. */
  readonly kept = keptTogether([keptNumbers(this.silence, 'sinceAlarm'), this.recent, this.season, ...this.tails]);

  /** Judges a value and then learns it. @param time milliseconds since the epoch, not falling. @param limit score from which there is an alarm. */
  observe(time: number, value: number, limit: number = SERIES.alarm): SeriesJudgement {
    this.recent.add(time, value);
    const level = this.recent.meanSince(time - SERIES.slot * SERIES.around);
    const expected = this.season.expect(time, level);
    this.season.learn(time, level);
    const views = [value, this.recent.spread(), expected === undefined ? 0 : level - expected];
    const decades = views.map((view, i) => this.judge(i, view));
    const score = decades.reduce((sum, one) => sum + one, 0) / views.length;
    this.silence.sinceAlarm++;
    const isAlarm = score >= limit && this.silence.sinceAlarm > SERIES.quiet;
    if (isAlarm) this.silence.sinceAlarm = 0;
    return { score, isAlarm, by: VIEWS[decades.indexOf(Math.max(...decades))]!, expected };
  }

  private judge(view: number, value: number): number {
    const upper = this.tails[view * 2]!;
    const lower = this.tails[view * 2 + 1]!;
    const chance = Math.min(upper.chance(value), lower.chance(-value));
    upper.learn(value);
    lower.learn(-value);
    return Math.min(SERIES.mostDecades, -Math.log10(Math.max(chance, Number.MIN_VALUE)));
  }
}
