import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A series of the Numenta Anomaly Benchmark, with the windows of its anomalies as first and last index. */
export interface NabSeries {
  readonly file: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly windows: readonly (readonly [number, number])[];
}

export interface NabScore {
  /** 0 for a detector that says nothing, 100 for one that is perfect. */
  readonly score: number;
  readonly falseAlarms: number;
  readonly missed: number;
  readonly windows: number;
}

/** What alarms cost in the standard profile. */
const FALSE_ALARM = 0.11;
const PROBATION = { share: 0.15, most: 5_000 };

/** Reads series and labels below the data directory; none where they are not there. */
export function readNab(data: string): NabSeries[] {
  const folder = join(data, 'anomaly', 'nab');
  if (!existsSync(join(folder, 'labels.json'))) return [];
  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as { windows: Record<string, [string, string][]> };
  const points = new Map<string, { times: number[]; values: number[] }>();
  for (const line of linesOf(join(folder, 'points.ndjson.gz'))) {
    const { file, timestamp, value } = JSON.parse(line) as { file: string; timestamp: string; value: number };
    const series = points.get(file) ?? { times: [], values: [] };
    points.set(file, series);
    series.times.push(timeOf(timestamp));
    series.values.push(value);
  }
  return [...points].map(([file, { times, values }]) => ({
    file,
    times,
    values,
    windows: (labels.windows[file] ?? []).map(
      ([from, to]) => [times.findIndex((time) => time >= timeOf(from)), times.findLastIndex((time) => time <= timeOf(to))] as const,
    ),
  }));
}

/** Another detector's scores by file, with the threshold it was published with; none where they are not there. */
export function readScores(data: string): ReadonlyMap<string, { readonly scores: readonly number[]; readonly threshold: number }> {
  const file = join(data, 'anomaly', 'nab', 'rcf-anomaly-scores.ndjson.gz');
  if (!existsSync(file)) return new Map();
  return new Map(
    linesOf(file).map((line) => {
      const read = JSON.parse(line) as { file: string; threshold_standard: number; scores: number[] };
      return [read.file, { scores: read.scores, threshold: read.threshold_standard }];
    }),
  );
}

/**
 * The score of NAB's standard profile (Lavin and Ahmad 2015, section on scoring): of the alarms in a window the earliest counts, the more the
 * earlier it is; alarms elsewhere cost, less shortly after a window; a window without alarm costs one; nothing counts in the probationary
 * first part of a series. Sums are scaled between silence and perfection.
 * @param isAlarm whether there is an alarm at a point of a series.
 */
export function scoreNab(all: readonly NabSeries[], isAlarm: (series: NabSeries, at: number) => boolean): NabScore {
  let sum = 0;
  let windows = 0;
  let falseAlarms = 0;
  let missed = 0;
  for (const series of all) {
    const best = series.windows.map(() => Number.NEGATIVE_INFINITY);
    const probation = Math.min(Math.floor(PROBATION.share * series.values.length), PROBATION.share * PROBATION.most);
    for (let at = Math.ceil(probation); at < series.values.length; at++) {
      if (!isAlarm(series, at)) continue;
      const inside = series.windows.findIndex(([from, to]) => at >= from && at <= to);
      if (inside >= 0) {
        const [from, to] = series.windows[inside]!;
        best[inside] = Math.max(best[inside]!, reward(-(to - at + 1) / (to - from + 1)) / reward(-1));
        continue;
      }
      falseAlarms++;
      const before = series.windows.findLast(([, to]) => to < at);
      sum += FALSE_ALARM * (before === undefined ? -1 : reward((at - before[1]) / (before[1] - before[0])));
    }
    for (const one of best) {
      sum += one === Number.NEGATIVE_INFINITY ? -1 : one;
      if (one === Number.NEGATIVE_INFINITY) missed++;
    }
    windows += best.length;
  }
  return { score: (100 * (sum + windows)) / (2 * windows), falseAlarms, missed, windows };
}

/** The scaled sigmoid of the paper: about 1 at the beginning of a window (-1), 0 at its end, -1 far behind it. */
function reward(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function timeOf(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
}
