import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, printTable } from './report.ts';
import { archiveIn, readScenarios, type Scenario } from './scenarios/read-scenarios.ts';
import type { Detection } from '../src/contracts/detection.ts';
import type { TenantId } from '../src/contracts/tenant.ts';
import type { SecurityEvent } from '../src/contracts/security-event.ts';

const { values } = parseArgs({
  options: { data: { type: 'string', default: process.env['GATRA_CONFORMANCE_DATA'] }, help: { type: 'boolean', default: false } },
});

if (values.help || values.data === undefined) {
  process.stdout.write(`npm run bench:scenarios -- [options]
  In how many recorded attacks something is found, and how many alerts that takes, with Sigma rules alone and with the starter rules, statistics and
  anomalies beside them. One tenant is sent all scenarios of a set one after another.
  --data DIR    conformance data: windows/otrf, windows/evtx-to-mitre and the archive in sigma/ (default: GATRA_CONFORMANCE_DATA)
`);
  process.exit(values.help ? 0 : 2);
}

const data = resolve(values.data);
const BATCH = 500;
const TENANT = 'acme-corp' as TenantId;
const GRAVE: ReadonlySet<string> = new Set(['medium', 'high', 'critical']);
const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { loadDetection } = (await import(built('ada/adapters/load-detection.js'))) as typeof import('../src/ada/adapters/load-detection.js');
const { SigmaDetector } = (await import(
  built('ada/domain/sigma/sigma-detector.js')
)) as typeof import('../src/ada/domain/sigma/sigma-detector.js');
const { ANOMALY_RISK } = (await import(built('ada/anomaly-risks.js'))) as typeof import('../src/ada/anomaly-risks.js');
const { createLocalDetectionAgent } = (await import(
  built('ada/create-local-detection-agent.js')
)) as typeof import('../src/ada/create-local-detection-agent.js');
const { LocalDetectionAgent } = (await import(
  built('ada/local-detection-agent.js')
)) as typeof import('../src/ada/local-detection-agent.js');
const { isRejection, parseEvent } = (await import(built('events/parse-event.js'))) as typeof import('../src/events/parse-event.js');

type Agent = InstanceType<typeof LocalDetectionAgent>;

interface Row {
  readonly set: string;
  readonly with: string;
  readonly scenarios: number;
  readonly events: number;
  /** Scenarios in which something was found, in which something of medium severity or above was, and in which a labelled technique was named. */
  readonly found: number;
  readonly found_grave: number;
  readonly labelled: number;
  readonly technique_named: number;
  readonly detections: number;
  readonly statistical: number;
  readonly per_1000_events: number;
}

const archive = archiveIn(join(data, 'sigma'));
const starter = fileURLToPath(new URL('../config/rules', import.meta.url));
const { rules } = await loadDetection({ rules: [archive], filters: null });
const all = await loadDetection({ rules: [archive, starter], filters: null });
const AGENTS: Readonly<Record<string, () => Agent>> = {
  'Sigma alone': () => new LocalDetectionAgent([new SigmaDetector(rules)]),
  everything: () => createLocalDetectionAgent({ ...all, riskOf: () => ANOMALY_RISK }),
};

const rows: Row[] = [];
for (const [set, scenarios] of readScenarios(data)) {
  for (const [name, agent] of Object.entries(AGENTS)) rows.push(await measure(set, name, agent(), scenarios));
}
printTable(
  [
    'set',
    'with',
    'scenarios',
    'events',
    'found',
    'medium or above',
    'labelled',
    'technique named',
    'alerts',
    'statistical',
    'per 1,000 events',
  ],
  rows.map((row) => Object.values(row).map((value) => (typeof value === 'number' ? format(value) : String(value)))),
);
process.stdout.write(`${JSON.stringify({ bench: 'scenarios', rules: rules.length, rows })}\n`);

async function measure(set: string, name: string, agent: Agent, scenarios: readonly Scenario[]): Promise<Row> {
  const totals = { events: 0, found: 0, found_grave: 0, labelled: 0, technique_named: 0, detections: 0, statistical: 0 };
  for (const [number, { lines, techniques }] of scenarios.entries()) {
    const found: Detection[] = [];
    for (let from = 0; from < lines.length; from += BATCH) {
      const events = eventsOf(lines.slice(from, from + BATCH));
      totals.events += events.length;
      const received_at = new Date(Math.max(...events.map(({ time }) => time))).toISOString();
      found.push(...(await agent.inspect(TENANT, { batch_id: `${number}-${from}`, received_at, events })));
    }
    const named = new Set(found.flatMap((detection) => detection.techniques.map(parentOf)));
    totals.found += Number(found.length > 0);
    totals.found_grave += Number(found.some(({ severity }) => GRAVE.has(severity)));
    totals.labelled += Number(techniques.length > 0);
    totals.technique_named += Number(techniques.some((technique) => named.has(parentOf(technique))));
    totals.detections += found.length;
    totals.statistical += found.filter(({ detector }) => detector === 'statistical').length;
  }
  agent.destroy();
  const per_1000_events = Math.round((totals.detections * 100_000) / totals.events) / 100;
  return { set, with: name, scenarios: scenarios.length, ...totals, per_1000_events };
}

function eventsOf(lines: readonly string[]): SecurityEvent[] {
  return lines.flatMap((line, index) => {
    const event = parseEvent(line, { index, declared: 'auto', receivedAt: 0 });
    return isRejection(event) ? [] : [event];
  });
}

/** The technique of a sub-technique. */
function parentOf(technique: string): string {
  return technique.split('.')[0] ?? technique;
}
