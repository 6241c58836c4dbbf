import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDetection, type LoadedDetection } from '../../ada/adapters/load-detection.js';
import { readLogsources } from '../../ada/adapters/logsource-files.js';
import { RuleFiles } from '../../ada/adapters/rule-files.js';
import { createLocalDetectionAgent, type LocalDetectionAgentOptions } from '../../ada/create-local-detection-agent.js';
import { type CanaryOutcome, prepareCanaries } from '../../ada/domain/liveness/canary-batch.js';
import { judgeCanaries } from '../../ada/domain/liveness/judge-canaries.js';
import type { LocalDetectionAgent } from '../../ada/local-detection-agent.js';
import type { EventBatch } from '../../contracts/security-event.js';
import { toTenantId } from '../../contracts/tenant.js';
import { splitLines } from '../../events/split-lines.js';
import { readEvents } from '../../mssp/ingest/domain/read-events.js';
import { CanaryInspection } from './canary-inspection.js';
import { textReader } from './event-texts.js';

const RULES = join(__dirname, '../../../config/rules');
const LOGSOURCES = join(__dirname, '../../../config/logsources');
const ACME = toTenantId('acme-corp');

describe('canaries of the starter rules', () => {
  let loaded: LoadedDetection;
  beforeAll(async () => (loaded = await loadDetection({ rules: [RULES], filters: null })));

  const agentWith = (options: Partial<LocalDetectionAgentOptions> = {}): LocalDetectionAgent =>
    createLocalDetectionAgent({ ...loaded, ...options });

  /** What is not live, by rule id. */
  const check = async (inspection: CanaryInspection): Promise<ReadonlyMap<string, string>> => {
    const prepared = prepareCanaries(loaded.samples());
    const outcomes: CanaryOutcome[] = [];
    for (const { batch } of prepared) outcomes.push(...(await inspection.inspect(ACME, batch)));
    const asked = prepared.flatMap((one) => one.asked);
    expect(outcomes).toHaveLength(asked.length);
    return new Map([...judgeCanaries(asked, outcomes)].map(([rule, { state }]) => [rule, state]));
  };

  /** All of these silent, and nothing else wrong. */
  const silent = (ids: Iterable<string>): ReadonlyMap<string, string> => new Map([...ids].sort().map((id) => [id, 'silent']));
  const sorted = (found: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
    new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));

  /** These rules, and the correlations that count them. */
  const withThoseBehind = (ids: ReadonlySet<string>): ReadonlySet<string> => {
    const all = new Set(ids);
    for (const { rule, inputs } of loaded.correlations) if (inputs.some(({ ruleId }) => all.has(ruleId))) all.add(rule.id);
    return all;
  };

  it('find every rule live', async () => {
    expect(loaded.samples()).toHaveLength(loaded.rules.length + loaded.correlations.length);
    expect(await check(new CanaryInspection(agentWith()))).toEqual(new Map());
  });

  it('find all rules of a source silent whose parser is out of use, and no other', async () => {
    const broken: typeof readEvents = async (request, breathe) => {
      const { events, rejected } = await readEvents(request, breathe);
      return {
        events: events.filter(({ event }) => event.format !== 'cloudtrail'),
        rejected: [
          ...rejected,
          ...events.map(({ event: { index } }) => ({ index, code: 'unsupported_shape' as const, detail: 'the parser is out of use' })),
        ],
      };
    };
    const affected = loaded.samples().filter(({ samples }) => samples.some(({ matches, format }) => matches && format === 'cloudtrail'));
    expect(affected.length).toBeGreaterThan(3);
    expect(affected.length).toBeLessThan(loaded.samples().length);
    const found = await check(new CanaryInspection(agentWith(), broken));
    expect(sorted(found)).toEqual(silent(affected.map(({ id }) => id)));
  });

  it('find all rules silent that a list cut short at ten does not have', async () => {
    const kept = loaded.rules.slice(0, 10);
    const lost = withThoseBehind(new Set(loaded.rules.slice(10).map(({ id }) => id)));
    const correlations = loaded.correlations.filter(({ rule }) => !lost.has(rule.id));
    const found = await check(new CanaryInspection(agentWith({ rules: kept, correlations })));
    expect(sorted(found)).toEqual(silent(lost));
  });

  it('find all rules silent that ask for a field which is not mapped any more', async () => {
    const unmapped = 'CommandLine';
    const broken: typeof readEvents = async (request, breathe) => {
      const batch = await readEvents(request, breathe);
      for (const { event } of batch.events) {
        const field = event.field.bind(event);
        event.field = (name) => (name === unmapped ? undefined : field(name));
      }
      return batch;
    };
    const found = await check(new CanaryInspection(agentWith(), broken));
    expect(found.size).toBeGreaterThan(5);
    const asking = withThoseBehind(
      new Set(loaded.rules.filter(({ detection }) => JSON.stringify(detection).includes(unmapped)).map(({ id }) => id)),
    );
    for (const [id, state] of found) expect([id, asking.has(id), state]).toEqual([id, true, state]);
    expect([...found.values()]).toContain('silent');
  });

  it('find all rules silent whose log source means nothing any more', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-logsources-'));
    try {
      cpSync(LOGSOURCES, directory, { recursive: true });
      rmSync(join(directory, 'windows.json'));
      const { rules, correlations, quiet } = await new RuleFiles([RULES], { logsources: readLogsources(directory) }).load();
      const found = await check(new CanaryInspection(agentWith({ rules, correlations, quiet })));
      const windows = new Set(loaded.rules.filter(({ logsource }) => logsource.product === 'windows').map(({ id }) => id));
      expect(sorted(found)).toEqual(silent(withThoseBehind(windows)));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('teach nothing: what is known of the tenant stays as it is, byte for byte, and what comes next finds the same', async () => {
    const agent = agentWith({ riskOf: () => 1e-4 });
    const inspection = new CanaryInspection(agent);
    await check(inspection);
    expect(agent.snapshot(ACME)).toBeNull();
    const batches = prepareCanaries(loaded.samples()).map(({ batch }) => Buffer.from(batch.body));
    const [last = Buffer.alloc(0), ...others] = batches.toReversed();
    for (const [at, body] of others.entries()) await agent.inspect(ACME, await readAsEvents(`batch-${at}`, body));
    const before = agent.snapshot(ACME)!;
    expect(before.length).toBeGreaterThan(1_000);
    await check(inspection);
    expect(Buffer.from(agent.snapshot(ACME)!).equals(before)).toBe(true);
    const untouched = agentWith({ riskOf: () => 1e-4 });
    untouched.restore(ACME, before);
    const next = await readAsEvents('next', last);
    expect(await agent.inspect(ACME, next)).toEqual(await untouched.inspect(ACME, next));
  });
});

async function readAsEvents(batch_id: string, body: Buffer): Promise<EventBatch> {
  const request = { textOf: textReader(body), slices: splitLines(body), declared: 'auto', receivedAt: Date.UTC(2100, 0) } as const;
  const { events } = await readEvents(request, () => undefined);
  return { batch_id, received_at: '2100-01-01T00:00:00.000Z', events: events.map(({ event }) => event) };
}
