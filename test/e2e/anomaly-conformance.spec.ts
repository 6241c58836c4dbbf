import { filesIn, type LabelledRows, readConnections, readEdges, readTable } from '../../bench/anomaly/anomaly-data.js';
import { areaUnderCurve } from '../../bench/anomaly/area-under-curve.js';
import { readNab, readScores, scoreNab } from '../../bench/anomaly/nab.js';
import { pointEncoder } from '../../bench/anomaly/point-encoder.js';
import { MidasF } from '../../src/ada/domain/anomaly/midas-f.js';
import { SeriesWatch } from '../../src/ada/domain/anomaly/series-watch.js';
import { ANOMALY } from '../../src/ada/domain/anomaly/tuning.js';
import { VectorModel } from '../../src/ada/domain/anomaly/vector-model.js';
import { CountSketch } from '../../src/ada/domain/statistical/count-sketch.js';
import { KeyHash } from '../../src/ada/domain/statistical/key-hash.js';
import { describeWithData } from '../support/conformance-data.js';

/* How well anomalies are told from what is usual on labelled data, a small part of what `npm run bench:anomaly` measures. */
const SEED = 1;

function scoreRows({ rows, anomalous }: LabelledRows, most: number): number {
  const counts = new CountSketch(4_096);
  const key = new KeyHash(SEED);
  const encode = pointEncoder((column, text) => counts.increment(key.of(column, text)));
  const model = new VectorModel(rows[0]?.length ?? 0, SEED);
  return areaUnderCurve(
    Float64Array.from(rows.slice(0, most), (row) => model.observe(encode(row)).score),
    anomalous.subarray(0, most),
  );
}

describe('anomaly measures', () => {
  it('takes the area under the curve as the share of pairs in order', () => {
    expect(areaUnderCurve(Float64Array.of(1, 2, 3, 4), Uint8Array.of(0, 0, 1, 1))).toBe(1);
    expect(areaUnderCurve(Float64Array.of(4, 3, 2, 1), Uint8Array.of(0, 0, 1, 1))).toBe(0);
    expect(areaUnderCurve(Float64Array.of(1, 1, 1, 1), Uint8Array.of(0, 1, 0, 1))).toBe(0.5);
    expect(areaUnderCurve(Float64Array.of(1, 3, 2, 4), Uint8Array.of(0, 0, 1, 1))).toBe(0.75);
  });

  it('scores silence with 0 and alarms at the beginning of each window with 100', () => {
    const times = Array.from({ length: 100 }, (_, i) => i);
    const series = { file: 'a', times, values: times, windows: [[40, 59]] as const };
    expect(scoreNab([series], () => false).score).toBe(0);
    expect(scoreNab([series], (_, at) => at === 40).score).toBeCloseTo(100, 9);
    expect(scoreNab([series], (_, at) => at === 40 || at === 20).score).toBeCloseTo(100 - 5.5, 9);
    expect(scoreNab([series], (_, at) => at === 40 || at === 5).score).toBeCloseTo(100, 9);
  });
});

describeWithData('Anomaly detection on labelled data', ['anomaly'], (data) => {
  it('finds attacks among edges', () => {
    const [file] = filesIn(data, 'darpa-edges', '.csv.gz');
    const { sources, destinations, ticks, anomalous } = readEdges(file!);
    const midas = new MidasF(ANOMALY.edges, SEED);
    const judged = new Float64Array(sources.length);
    for (let i = 0; i < judged.length; i += 1) {
      midas.turn(ticks[i]! - ticks[0]! + 1);
      judged[i] = midas.score(sources[i]!, destinations[i]!);
    }
    expect(areaUnderCurve(judged, anomalous)).toBeGreaterThan(0.992);
  });

  it('finds outliers in tables and connections', () => {
    const tables = filesIn(data, 'adbench', '.csv.gz').map(readTable);
    const least = new Map([
      ['mammography', 0.85],
      ['shuttle', 0.985],
    ]);
    for (const table of tables) if (least.has(table.name)) expect(scoreRows(table, 12_000)).toBeGreaterThan(least.get(table.name)!);
    for (const file of filesIn(data, 'nsl-kdd', '.ndjson.gz')) expect(scoreRows(readConnections(file), 8_000)).toBeGreaterThan(0.85);
  });

  it('scores like NAB does, and above its better detectors', () => {
    const all = readNab(data);
    const given = readScores(data);
    const check = scoreNab(all, ({ file }, at) => (given.get(file)?.scores[at] ?? 0) >= given.get(file)!.threshold);
    expect(check.score).toBeCloseTo(53.98, 1);
    const alarms = new Map(
      all.map(({ file, times, values }) => {
        const watch = new SeriesWatch();
        return [file, values.map((value, i) => watch.observe(times[i]!, value).isAlarm)];
      }),
    );
    expect(scoreNab(all, ({ file }, at) => alarms.get(file)?.[at] ?? false).score).toBeGreaterThan(61);
  });
});
