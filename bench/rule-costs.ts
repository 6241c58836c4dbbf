import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, machine, printTable } from './report.ts';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: fileURLToPath(new URL('../config/rules', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:rule-costs -- [options]
  What it takes to find out what rules cost for scorecards: how long each rule keeps its thread, all of them together and with their rests; and how far two
  measurements of the same rule are apart.
  --rules PATH    a file, directory or archive of rules (default config/rules)
`);
  process.exit(0);
}

const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { loadDetection } = (await import(built('ada/adapters/load-detection.js'))) as typeof import('../src/ada/adapters/load-detection.js');
const { sampleCost } = (await import(
  built('ada/domain/liveness/sample-cost.js')
)) as typeof import('../src/ada/domain/liveness/sample-cost.js');
const { CostMeasurement } = (await import(
  built('agents/pipeline/cost-measurement.js')
)) as typeof import('../src/agents/pipeline/cost-measurement.js');

const now = (): number => performance.now();
const begun = now();
const loaded = await loadDetection({ rules: [values.rules], filters: null });
const loading = now() - begun;
const byId = new Map(loaded.rules.map((rule) => [rule.id, rule]));

/** Measures all rules without a rest: what each costs, and for how many milliseconds it had the thread. */
function measureAll(): { readonly costs: ReadonlyMap<string, number>; readonly turns: readonly number[] } {
  const costs = new Map<string, number>();
  const turns: number[] = [];
  let from = now();
  for (const { id, samples } of loaded.eachSampled()) {
    const rule = byId.get(id);
    const cost = rule && sampleCost(rule, samples, now);
    if (cost !== undefined) costs.set(id, cost);
    turns.push(now() - from);
    from = now();
  }
  return { costs, turns };
}

/** The value that so large a share of the others is below. */
function quantile(some: readonly number[], share: number): number {
  const sorted = some.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const rested = now();
const active = performance.eventLoopUtilization();
const first = await new CostMeasurement(loaded).measure();
const share = performance.eventLoopUtilization(active).utilization;
const withRests = now() - rested;
const { costs, turns } = measureAll();
const total = turns.reduce((sum, turn) => sum + turn, 0);
const apart = [...costs].flatMap(([id, cost]) => {
  const before = first.get(id) ?? 0;
  return before === 0 || cost === 0 ? [] : [Math.max(cost / before, before / cost)];
});
const micros = [...costs.values()];

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
printTable(
  ['', 'median', '99 %', 'most'],
  [
    ['µs an event', ...[0.5, 0.99, 1].map((at) => format(rounded(quantile(micros, at))))],
    ['ms of the thread in one piece', ...[0.5, 0.99, 1].map((at) => format(rounded(quantile(turns, at))))],
    ['two measurements of a rule apart, times', ...[0.5, 0.99, 1].map((at) => format(rounded(quantile(apart, at))))],
  ],
);
const figures = {
  rules: loaded.rules.length,
  measured: costs.size,
  thread_s: rounded(total / 1_000),
  with_rests_s: rounded(withRests / 1_000),
  share_of_thread: rounded(share),
  longest_turn_ms: rounded(quantile(turns, 1)),
  turns_over_half_ms: turns.filter((turn) => turn > 0.5).length,
  two_apart_median: rounded(quantile(apart, 0.5)),
  measuring_to_loading: rounded(total / loading),
};
process.stdout.write(`${JSON.stringify({ ...machine(), ...figures })}\n`);
