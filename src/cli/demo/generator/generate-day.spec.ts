import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { RuleFiles } from '../../../ada/adapters/rule-files.js';
import { CorrelationDetector } from '../../../ada/domain/sigma/correlation/correlation-detector.js';
import { SigmaEngine } from '../../../ada/domain/sigma/sigma-engine.js';
import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { demoIndicators } from './demo-indicators.js';
import { generateDay, intrusionSteps, type DayOptions } from './generate-day.js';
import type { GeneratedEvent } from './generated-event.js';
import { COMMAND_AND_CONTROL, INTRUDER_ADDRESS } from './sites.js';

const DAY = new Date('2026-11-20T00:00:00Z');
const SEEDS = [1, 2, 3];
/** Steps that leave nothing a rule could tell from everyday work by one event; intelligence, statistics or a story must find them. */
const HARD_STEPS = ['cloud-discovery', 'collection', 'phishing-mail'];
const DOCUMENTATION_OR_PRIVATE = /^(?:0\.0\.0\.0$|10\.|127\.0\.0\.1$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/;
const ADDRESS = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
const HOST_NAME = /^(?:[a-z0-9-]+\.)+(?:com|net|org|test)$/;

/** Events with their times as the platform reads them. */
interface Read {
  readonly generated: GeneratedEvent;
  readonly time: number;
  readonly identity: string | undefined;
}

function read(options: DayOptions): Read[] {
  return Array.from(generateDay(options), (generated) => {
    const event = parsed(generated);
    const identity = event.identity === null ? undefined : `${event.identity.stream} ${event.identity.key}`;
    return { generated, time: event.time, identity };
  });
}

function parsed({ source, event }: GeneratedEvent, index = 0) {
  const result = parseEvent(JSON.stringify(event), { index, declared: source, receivedAt: DAY.getTime() });
  if (isRejection(result)) throw new Error(`${result.code}: ${JSON.stringify(event)}`);
  if (result.timeAssumed) throw new Error(`no time: ${JSON.stringify(event)}`);
  return result;
}

function digest(options: DayOptions): string {
  const hash = createHash('sha256');
  for (const each of generateDay(options)) hash.update(JSON.stringify(each));
  return hash.digest('hex');
}

describe('a generated day', () => {
  const day = read({ seed: 1, day: DAY });

  it('is the same for the same seed and day, and another for another', () => {
    const small = { seed: 7, day: DAY, backgroundEvents: 4_000 };
    expect(digest(small)).toBe(digest(small));
    expect(digest(small)).not.toBe(digest({ ...small, seed: 8 }));
    expect(digest(small)).not.toBe(digest({ ...small, day: new Date('2026-11-21T00:00:00Z') }));
  });

  it('takes any moment of the day for the day', () => {
    const small = { seed: 7, backgroundEvents: 3_000 };
    expect(digest({ ...small, day: new Date('2026-11-20T17:21:00Z') })).toBe(digest({ ...small, day: DAY }));
  });

  it.each([3_000, 24_000, 60_000])('holds at least %d harmless events and few more', (backgroundEvents) => {
    const harmless = Array.from(generateDay({ seed: 2, day: DAY, backgroundEvents })).filter(({ label }) => !label.attack).length;
    expect(harmless).toBeGreaterThanOrEqual(backgroundEvents);
    expect(harmless).toBeLessThan(backgroundEvents + 1_000);
  });

  it('is in order of time and inside its day, to the reader as well', () => {
    const times = day.map(({ time }) => time);
    // CloudTrail tells whole seconds.
    const backwards = times.filter((time, index) => index > 0 && time < (times[index - 1] ?? 0) - 1_000);
    expect(backwards).toEqual([]);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(DAY.getTime());
    expect(Math.max(...times)).toBeLessThan(DAY.getTime() + 86_400_000);
  });

  it('comes from every source, none of them a trifle', () => {
    const counts = Map.groupBy(day, ({ generated }) => generated.source);
    for (const source of ['sysmon', 'windows', 'linux-auth', 'cloudtrail', 'zeek', 'generic']) {
      expect(counts.get(source as GeneratedEvent['source'])?.length ?? 0).toBeGreaterThan(day.length * 0.025);
    }
  });

  it('follows the hours of work', () => {
    const perHour = Array.from({ length: 24 }, (_, hour) => day.filter(({ time }) => new Date(time).getUTCHours() === hour).length);
    const [night, morning, noon, afternoon] = [perHour[3] ?? 0, perHour[10] ?? 0, perHour[12] ?? 0, perHour[14] ?? 0];
    expect(morning).toBeGreaterThan(3 * night);
    expect(noon).toBeLessThan(0.8 * afternoon);
  });

  it('gives no two events one identity', () => {
    const identities = day.flatMap(({ identity }) => identity ?? []);
    expect(identities.length).toBeGreaterThan(day.length * 0.85);
    expect(new Set(identities).size).toBe(identities.length);
  });

  it('speaks of processes that are the children of those they name', () => {
    const created = day
      .filter(({ generated: { source, event } }) => source === 'sysmon' && event['EventID'] === 1)
      .map(({ generated }) => generated.event);
    const byGuid = new Map(created.map((event) => [event['ProcessGuid'], event]));
    expect(byGuid.size).toBe(created.length);
    const known = created.flatMap((event) => {
      const parent = byGuid.get(event['ParentProcessGuid']);
      return parent === undefined ? [] : [[parent, event] as const];
    });
    expect(known.length).toBeGreaterThan(100);
    for (const [parent, child] of known) {
      expect(child['ParentImage']).toBe(parent['Image']);
      expect(child['Hostname']).toBe(parent['Hostname']);
      expect(Date.parse(child['@timestamp'] as string)).toBeGreaterThanOrEqual(Date.parse(parent['@timestamp'] as string));
    }
  });

  it('names only addresses and domains that belong to nobody', () => {
    const foreign = new Set<string>();
    for (const { generated } of day) {
      const text = JSON.stringify({ ...generated.event, userAgent: '', 'cs-user-agent': '', user_agent: '', CommandLine: '' });
      for (const [address] of text.matchAll(ADDRESS)) if (!DOCUMENTATION_OR_PRIVATE.test(address)) foreign.add(address);
      for (const name of ['QueryName', 'query', 'server_name', 'host'].map((field) => generated.event[field])) {
        if (typeof name === 'string' && HOST_NAME.test(name) && !/(?:^|\.)(?:example\.(?:com|net|org)|test)$/.test(name)) foreign.add(name);
      }
    }
    expect([...foreign]).toEqual([]);
  });
});

describe('the intrusion', () => {
  it.each(SEEDS)('of seed %d is a story of 12 to 20 steps over hours, labelled event by event', (seed) => {
    const steps = intrusionSteps({ seed, day: DAY });
    expect(steps.length).toBeGreaterThanOrEqual(12);
    expect(steps.length).toBeLessThanOrEqual(20);
    const times = steps.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(3 * 3_600_000);
    const labelled = Map.groupBy(
      read({ seed, day: DAY }).filter(({ generated }) => generated.label.attack),
      ({ generated }) => generated.label.step,
    );
    expect([...labelled.keys()].map(String).toSorted(byText)).toEqual(steps.map(({ step }) => step).toSorted(byText));
    for (const { step, at } of steps) {
      const first = Math.min(...(labelled.get(step) ?? []).map(({ time }) => time));
      expect(Math.abs(first - Date.parse(at))).toBeLessThan(1_000);
    }
  });

  it('goes to an address and a domain that nothing harmless goes to', () => {
    for (const { event, label } of generateDay({ seed: 1, day: DAY })) {
      const text = JSON.stringify(event);
      const touches =
        text.includes(COMMAND_AND_CONTROL.address) || text.includes(COMMAND_AND_CONTROL.domain) || text.includes(INTRUDER_ADDRESS);
      if (touches) expect(label.attack).toBe(true);
    }
  });

  it('shows its server to Sysmon and to Zeek', () => {
    const events = Array.from(generateDay({ seed: 1, day: DAY }), ({ event }) => event);
    expect(events.some((event) => event['DestinationIp'] === COMMAND_AND_CONTROL.address)).toBe(true);
    expect(events.some((event) => event['id.resp_h'] === COMMAND_AND_CONTROL.address)).toBe(true);
  });

  it('is known to the threat feed by domain alone', () => {
    expect(demoIndicators()).toContain(COMMAND_AND_CONTROL.domain);
    expect(demoIndicators()).not.toContain(COMMAND_AND_CONTROL.address);
    expect(demoIndicators()).not.toContain(INTRUDER_ADDRESS);
  });
});

describe('the starter rules over generated days', () => {
  let engine: SigmaEngine;
  let correlating: () => CorrelationDetector;

  beforeAll(async () => {
    const { rules, correlations, quiet } = await new RuleFiles([join(__dirname, '../../../../config/rules')]).load();
    engine = new SigmaEngine(rules.filter(({ id }) => !quiet.has(id)));
    correlating = (): CorrelationDetector => new CorrelationDetector({ rules, correlations, quiet });
  });

  it.each(SEEDS)('see every step of seed %d but the hard ones', (seed) => {
    const seen = new Set<string>();
    for (const generated of generateDay({ seed, day: DAY })) {
      if (generated.label.step !== undefined && engine.match(parsed(generated)).length > 0) seen.add(generated.label.step);
    }
    const missed = intrusionSteps({ seed, day: DAY }).filter(({ step }) => !seen.has(step));
    expect(missed.map(({ step }) => step).toSorted(byText)).toEqual(HARD_STEPS);
  });

  it.each(SEEDS)('correlate nothing that is not part of the intrusion on seed %d', (seed) => {
    const detector = correlating();
    detector.init();
    const wrong: string[] = [];
    const day = [...generateDay({ seed, day: DAY })];
    for (let from = 0; from < day.length; from += 1_000) {
      const some = day.slice(from, from + 1_000);
      const events = some.map(parsed);
      const batch = { batch_id: `${from}`, received_at: new Date(DAY.getTime() + 86_400_000).toISOString() };
      for (const { event_index, reason } of detector.inspect(toTenantId('acme-corp'), events, batch)) {
        if (some[event_index]?.label.attack !== true) wrong.push(reason);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(SEEDS)('are right nearly always when they say high or critical on seed %d, and quiet enough below', (seed) => {
    const tally = tallyBySeverity(engine, { seed, day: DAY });
    const loud = { right: tally.high.right + tally.critical.right, wrong: tally.high.wrong + tally.critical.wrong };
    expect(loud.right / (loud.right + loud.wrong)).toBeGreaterThan(0.95);
    expect(tally.critical.wrong).toBe(0);
    expect(loud.wrong).toBeLessThanOrEqual(4);
    expect(tally.medium.wrong).toBeLessThanOrEqual(20);
    expect(tally.low.wrong).toBeLessThanOrEqual(60);
    expect(tally.informational.wrong).toBeLessThanOrEqual(200);
  });
});

/** How many events each severity was right and wrong about; an event counts under the highest level of the rules that it matches. */
function tallyBySeverity(engine: SigmaEngine, options: DayOptions): Record<Severity, { right: number; wrong: number }> {
  const tally = Object.fromEntries(SEVERITIES.map((severity) => [severity, { right: 0, wrong: 0 }])) as Record<
    Severity,
    { right: number; wrong: number }
  >;
  for (const generated of generateDay(options)) {
    const levels = engine.match(parsed(generated)).map(({ level }) => SEVERITIES.indexOf(level));
    const highest = SEVERITIES[Math.max(-1, ...levels)];
    if (highest !== undefined) tally[highest][generated.label.attack ? 'right' : 'wrong'] += 1;
  }
  return tally;
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
