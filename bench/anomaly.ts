import { parseArgs } from 'node:util';
import type { LabelledEdges, LabelledRows } from './anomaly/anomaly-data.ts';
import { filesIn, readConnections, readEdges, readTable } from './anomaly/anomaly-data.ts';
import { areaUnderCurve } from './anomaly/area-under-curve.ts';
import { type AttackedRows, LONG_BURSTS, makeBurstAttack, SHORT_BURSTS } from './anomaly/burst-attack.ts';
import { readNab, readScores, scoreNab } from './anomaly/nab.ts';
import { pointEncoder } from './anomaly/point-encoder.ts';
import { format, machine, printTable } from './report.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, seeds: { type: 'string', default: '1,2,3,4,5' }, help: { type: 'boolean', default: false } },
});
const data = values.data ?? process.env['GATRA_CONFORMANCE_DATA'] ?? '';

if (values.help || data === '') {
  process.stdout.write(`npm run bench:anomaly -- [options]
  How well anomalies are told from what is usual, and how fast: every set of a kind that is found, all with the same parameters, each point
  judged before it is learned.
  --data DIR    directory with anomaly/{darpa-edges,adbench,nsl-kdd,nab}; by default what GATRA_CONFORMANCE_DATA names
  --seeds 1,2   seeds to go through (default 1,2,3,4,5)
`);
  process.exit(values.help ? 0 : 2);
}

const seeds = values.seeds.split(',').map(Number);
const built = (path: string): string => new URL(`../dist/ada/domain/${path}`, import.meta.url).href;
const { ANOMALY } = (await import(built('anomaly/tuning.js'))) as typeof import('../src/ada/domain/anomaly/tuning.js');
const { MidasF } = (await import(built('anomaly/midas-f.js'))) as typeof import('../src/ada/domain/anomaly/midas-f.js');
const { VectorModel } = (await import(built('anomaly/vector-model.js'))) as typeof import('../src/ada/domain/anomaly/vector-model.js');
const { SeriesWatch } = (await import(built('anomaly/series-watch.js'))) as typeof import('../src/ada/domain/anomaly/series-watch.js');
const { CountSketch } = (await import(
  built('statistical/count-sketch.js')
)) as typeof import('../src/ada/domain/statistical/count-sketch.js');
const { KeyHash } = (await import(built('statistical/key-hash.js'))) as typeof import('../src/ada/domain/statistical/key-hash.js');

interface Row {
  readonly set: string;
  readonly points: number;
  readonly anomalous: number;
  readonly auc: number;
  readonly least: number;
  readonly spread: number;
  readonly us_per_point: number;
  readonly seconds: number;
}

const rows = [
  ...filesIn(data, 'darpa-edges', '.csv.gz').map((file) => measureEdges(readEdges(file))),
  ...filesIn(data, 'adbench', '.csv.gz').map((file) => measureRows(readTable(file))),
  ...filesIn(data, 'nsl-kdd', '.ndjson.gz').map((file) => measureRows(readConnections(file))),
];
printTable(
  ['set', 'points', 'anomalous', 'AUC', 'least', 'spread', 'us/point', 'seconds'],
  rows.map(({ set, points, anomalous, auc, least, spread, us_per_point: micros, seconds }) => [
    set,
    format(points),
    format(anomalous),
    ...[auc, least, spread].map((value) => value.toFixed(4)),
    micros.toFixed(2),
    seconds.toFixed(2),
  ]),
);
const poison = measurePoison(makeBurstAttack(7, SHORT_BURSTS));
const longPoison = measurePoison(makeBurstAttack(7, LONG_BURSTS));
printTable(
  ['attack', 'points', 'anomalous', 'AUC with the guard', 'sources not known', 'without the guard'],
  (
    [
      ['in bursts', poison],
      ['in long bursts', longPoison],
    ] as const
  ).map(([name, { points, attack, guarded, sourceless, unguarded }]) => [
    name,
    format(points),
    format(attack),
    ...[guarded, sourceless, unguarded].map((value) => value.toFixed(4)),
  ]),
);
const nab = measureNab();
if (nab !== undefined) {
  process.stdout.write(
    `NAB, standard profile: ${nab.score.toFixed(2)} (${nab.missed} of ${nab.windows} windows missed, ${nab.falseAlarms} false alarms)`,
  );
  process.stdout.write(nab.check === undefined ? '\n' : `; random cut forest by the same scorer: ${nab.check.toFixed(2)}\n`);
}
process.stdout.write(
  `${JSON.stringify({ bench: 'anomaly', machine: machine(), seeds, rows, poison, long_poison: longPoison, nab: nab ?? null })}\n`,
);

function measureEdges({ name, sources, destinations, ticks, anomalous }: LabelledEdges): Row {
  const scores = new Float64Array(sources.length);
  return measure(name, anomalous, (seed) => {
    const midas = new MidasF(ANOMALY.edges, seed);
    const first = ticks[0] ?? 0;
    for (let i = 0; i < scores.length; i++) {
      midas.turn(ticks[i]! - first + 1);
      scores[i] = midas.score(sources[i]!, destinations[i]!);
    }
    return scores;
  });
}

function measureRows(set: LabelledRows): Row {
  return measure(set.name, set.anomalous, (seed) => scoreRows(set, seed, (model, point) => model.observe(point).score));
}

function scoreRows(
  { rows: given }: LabelledRows,
  seed: number,
  observe: (model: InstanceType<typeof VectorModel>, point: Float64Array, index: number) => number,
  limits: typeof ANOMALY.guard | { risk: number; allowance: number; most: number } = ANOMALY.guard,
): Float64Array {
  const counts = new CountSketch(4_096);
  const key = new KeyHash(seed);
  const encode = pointEncoder((column, text) => counts.increment(key.of(column, text)));
  const model = new VectorModel(given[0]?.length ?? 0, seed, limits);
  return Float64Array.from(given, (row, index) => observe(model, encode(row), index));
}

function measure(set: string, anomalous: Uint8Array, score: (seed: number) => Float64Array): Row {
  const runs = seeds.map((seed) => {
    const started = performance.now();
    const scores = score(seed);
    return { seconds: (performance.now() - started) / 1_000, auc: areaUnderCurve(scores, anomalous) };
  });
  const areas = runs.map(({ auc }) => auc);
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)[runs.length >> 1]!;
  const least = Math.min(...areas);
  return {
    set,
    points: anomalous.length,
    anomalous: anomalous.reduce((sum, one) => sum + one, 0),
    auc: areas.reduce((sum, one) => sum + one, 0) / areas.length,
    least,
    spread: Math.max(...areas) - least,
    us_per_point: (seconds * 1e6) / anomalous.length,
    seconds,
  };
}

interface Poisoning {
  readonly points: number;
  readonly attack: number;
  readonly guarded: number;
  readonly sourceless: number;
  readonly unguarded: number;
}

/** The same attack against a model with the guard, one that is not told whose points they are, and one that learns whatever it sees. */
function measurePoison(set: AttackedRows): Poisoning {
  const key = new KeyHash(1);
  const guarded = scoreRows(set, 1, (model, point, index) => model.observe(point, key.of(0, String(set.sources[index]))).score);
  const sourceless = scoreRows(set, 1, (model, point) => model.observe(point).score);
  const unguarded = scoreRows(set, 1, (model, point) => model.observe(point).score, { risk: -1, allowance: 0, most: 0 });
  return {
    points: set.rows.length,
    attack: set.anomalous.reduce((sum, one) => sum + one, 0),
    guarded: areaUnderCurve(guarded, set.anomalous),
    sourceless: areaUnderCurve(sourceless, set.anomalous),
    unguarded: areaUnderCurve(unguarded, set.anomalous),
  };
}

function measureNab():
  { score: number; missed: number; falseAlarms: number; windows: number; us_per_point: number; check?: number } | undefined {
  const all = readNab(data);
  if (all.length === 0) return undefined;
  const started = performance.now();
  const alarms = new Map(
    all.map(({ file, times, values: points }) => {
      const watch = new SeriesWatch();
      return [file, points.map((value, i) => watch.observe(times[i]!, value).isAlarm)];
    }),
  );
  const micros = ((performance.now() - started) * 1_000) / all.reduce((sum, { values: points }) => sum + points.length, 0);
  const given = readScores(data);
  return {
    ...scoreNab(all, ({ file }, at) => alarms.get(file)?.[at] ?? false),
    us_per_point: micros,
    ...(given.size === 0
      ? {}
      : { check: scoreNab(all, ({ file }, at) => (given.get(file)?.scores[at] ?? 0) >= (given.get(file)?.threshold ?? 1)).score }),
  };
}
