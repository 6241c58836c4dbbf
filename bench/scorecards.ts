import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Detection } from '../src/contracts/detection.js';
import type { TenantId } from '../src/contracts/tenant.js';
import { format, machine, printTable } from './report.ts';

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '100000' },
    rules: { type: 'string', default: '500' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:scorecards -- [options]
  Raises alerts of rules evenly over 30 days in a case database in a file, has one in a hundred judged, and reads what scorecards are made of: of all
  rules, and of one. Against that, in the same run: adding all alerts up anew, which is done once for those from before there were sums.
  --alerts N         so many alerts (default 100000)
  --rules N          of so many rules (default 500)
`);
  process.exit(0);
}

const RUNS = 9;
const AT_ONCE = 1_000;
const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const RANGE = { first_day: '2026-01-01', last_day: '2026-01-30' };
const TENANT = 'acme-corp' as TenantId;
const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { databaseSteps } = (await import(built('database-steps.js'))) as typeof import('../src/database-steps.js');
const { CaseFiles } = (await import(
  built('mssp/cases/adapters/case-files.js')
)) as typeof import('../src/mssp/cases/adapters/case-files.js');
const { SqliteAlertStore } = (await import(
  built('mssp/cases/adapters/sqlite-alert-store.js')
)) as typeof import('../src/mssp/cases/adapters/sqlite-alert-store.js');
const { StoredRuleAlertReader } = (await import(
  built('mssp/cases/stored-rule-alert-reader.js')
)) as typeof import('../src/mssp/cases/stored-rule-alert-reader.js');
const { SqliteDatabases } = (await import(
  built('platform/storage/sqlite-databases.js')
)) as typeof import('../src/platform/storage/sqlite-databases.js');

const count = Number(values.alerts);
const rules = Number(values.rules);
const directory = mkdtempSync(join(tmpdir(), 'gatra-bench-scorecards-'));
const databases = new SqliteDatabases(directory, databaseSteps);
const store = new SqliteAlertStore(new CaseFiles(databases.tenants, { of: async () => undefined }));

function detectionOf(number: number): Detection {
  const rule = { id: `rule-${(Math.imul(number, 0x9e3779b1) >>> 0) % rules}`, title: 'A rule', author: 'bench' };
  const reference = { ...rule, level: 'high', license: 'Apache-2.0' } as const;
  const entities = [{ type: 'host', value: `ws-${number % 5_000}` } as const];
  const rest = { techniques: ['T1059.001'], tactics: ['execution'], reason: 'A rule matched on a host of the bench.' };
  return {
    detector: 'sigma',
    rule: reference,
    severity: 'high',
    event_index: number,
    event_time: new Date(START).toISOString(),
    entities,
    ...rest,
  };
}

async function fill(): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const now = START + Math.floor((first / count) * 30 * DAY_MS);
    const batch = { batch_id: randomUUID(), received_at: new Date(now).toISOString(), correlation_id: 'bench' };
    const detections = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, at) => detectionOf(first + at));
    await store.raise(TENANT, { alerts_per_min: Infinity, now, batch, detections });
  }
  const judged = await store.list(TENANT, { sort: { by: 'created_at', descending: false }, limit: Math.floor(count / 100) });
  for (const { alert_id, rule } of judged) {
    const at = new Date(START + 30 * DAY_MS).toISOString();
    const said = {
      feedback_id: randomUUID(),
      alert_id,
      rule_id: rule.id,
      verdict: 'false_positive',
      comments: '',
      analyst: 'bench',
    } as const;
    const stamp = { actor: { type: 'person', id: 'bench' }, now: START, correlation_id: 'bench' } as const;
    await store.keepFeedback(TENANT, { ...said, at, correlation_id: 'bench' }, stamp);
  }
}

/** The median of several runs, in milliseconds. */
async function timed(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((one, other) => one - other)[Math.floor(runs / 2)] ?? 0;
}

await fill();
const reader = new StoredRuleAlertReader(store);
const all = await reader.read(TENANT, RANGE);
const days = all.reduce((sum, each) => sum + each.days.length, 0);
const ofAll = await timed(RUNS, () => reader.read(TENANT, RANGE));
const ofOne = await timed(RUNS, () => reader.read(TENANT, RANGE, all[0]?.rule_id));
const db = await databases.tenants.of<{ rule_day: object }>(TENANT);
const anew = await timed(3, async () => {
  await db.deleteFrom('rule_day').execute();
  await new StoredRuleAlertReader(new SqliteAlertStore(new CaseFiles(databases.tenants, { of: async () => undefined }))).read(
    TENANT,
    RANGE,
  );
});
await databases.close();
rmSync(directory, { recursive: true, force: true });

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
printTable(
  ['', 'ms'],
  [
    ['all rules', format(rounded(ofAll))],
    ['one rule', format(rounded(ofOne))],
    ['added up anew', format(rounded(anew))],
  ],
);
const figures = { alerts: count, rules: all.length, rule_days: days, all_rules_ms: rounded(ofAll), one_rule_ms: rounded(ofOne) };
const ratio = rounded(anew / ofAll);
process.stdout.write(`${JSON.stringify({ ...machine(), ...figures, added_up_anew_ms: rounded(anew), anew_to_all_rules: ratio })}\n`);
